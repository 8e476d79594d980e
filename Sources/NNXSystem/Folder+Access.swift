import Glibc

extension Folder {
  /// Whether this process may make files in a folder, on a file system that is mounted for writing.
  package static func isWritable(_ path: String) -> Bool {
    SystemCall.access(path, W_OK | X_OK)
  }

  /// Whether two paths lie on one file system, so that files can be renamed between them.
  package static func isSameFileSystem(_ a: String, _ b: String) -> Bool {
    guard let first = SystemCall.status(of: a), let second = SystemCall.status(of: b) else {
      return false
    }
    return first.st_dev == second.st_dev
  }
}
