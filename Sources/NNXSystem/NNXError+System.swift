import Glibc

extension NNXError {
  /// The error of the system call that just failed.
  ///
  /// - Parameters:
  ///   - action: what was tried, as in "cannot write".
  ///   - path: the file it was tried on.
  ///   - number: the value of `errno`; read it before anything else runs.
  package static func system(
    _ action: String, _ path: String, _ number: Int32 = errno
  ) -> NNXError {
    let reason = SystemCall.text(of: number)
    let isReading = ["cannot open", "cannot read", "cannot map", "cannot look at"].contains(action)
    switch number {
    case ENOENT, ENOTDIR:
      return NNXError(
        .fileNotFound, "\(action) \(path): \(reason)",
        fixes: path.contains("\u{FFFD}") ? ["Its name is not UTF-8: give it another"] : [])
    case ENOSPC, EDQUOT, EFBIG:
      return NNXError(
        .noSpace, "\(action) \(path): \(reason)",
        fixes: ["Free some space on the disk of \(parentFolder(path)), or choose another folder"])
    case EIO:
      return NNXError(
        .unreadable, "\(action) \(path): \(reason)",
        fixes: [
          "The disk or its connection fails: look into the system's log before you try again"
        ])
    case EACCES where isReading, EPERM where isReading:
      return NNXError(
        .cannotRead, "\(action) \(path): you may not read it",
        fixes: ["See who may with: ls -l \(path)"])
    case EACCES, EPERM, EROFS, EEXIST, EISDIR:
      return NNXError(.cannotWrite, "\(action) \(path): \(reason)")
    default:
      return NNXError(.unreadable, "\(action) \(path): \(reason)")
    }
  }
}
