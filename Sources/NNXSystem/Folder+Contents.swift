import CLinux
import Glibc

extension Folder {
  /// What lies under a name, links not followed.
  package enum Kind: Sendable, Equatable {
    /// Size in bytes.
    case file(size: Int)
    case folder
    case link
    case other
  }

  /// What lies at `path`; `nil` when nothing does or its folder may not be searched.
  package static func kind(_ path: String) -> Kind? {
    guard let status = SystemCall.status(of: path, followsLinks: false) else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(size: Int(status.st_size))
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// All regular files below `folder`, hidden ones too: paths relative to it, sorted by their bytes,
  /// and sizes in bytes. Symbolic links are neither followed nor listed.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func files(below folder: String) throws(NNXError) -> [(path: String, size: Int)] {
    var found: [(path: String, size: Int)] = []
    var pending = [""]
    while let prefix = pending.popLast() {
      for name in try entries(prefix.isEmpty ? folder : "\(folder)/\(prefix)") {
        let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
        switch kind("\(folder)/\(path)") {
        case .file(let size): found.append((path, size))
        case .folder: pending.append(path)
        default: break
        }
      }
    }
    return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Removes a file, a link or a folder with everything in it; nothing there is fine.
  ///
  /// - Throws: `cannot-write`, `unreadable`: what could not be removed stays.
  package static func remove(_ path: String) throws(NNXError) {
    guard !SystemCall.unlink(path), errno != ENOENT else { return }
    guard kind(path) == .folder else { throw .system("cannot remove", path) }
    for name in try entries(path) { try remove("\(path)/\(name)") }
    guard SystemCall.rmdir(path) || errno == ENOENT else { throw .system("cannot remove", path) }
  }

  /// Gives a file or folder another name on the same file system, in one step.
  ///
  /// - Throws: `file-not-found`, `cannot-write`, `no-space`.
  package static func move(_ path: String, to target: String) throws(NNXError) {
    guard SystemCall.rename(path, to: target) else { throw .system("cannot move", path) }
  }

  /// A second name for a file that never changes, or a copy where the file system has no such names.
  ///
  /// - Throws: `cannot-write`, `no-space`, `file-not-found`.
  package static func linkOrCopy(_ source: String, to target: String) throws(NNXError) {
    try create(parentFolder(target))
    guard !SystemCall.link(source, as: target) else { return }
    guard [EXDEV, EPERM, EMLINK, EOPNOTSUPP, ENOSYS, EACCES].contains(errno) else {
      throw .system("cannot link", source)
    }
    let file = try AtomicFile(target)
    try FileReader(source).forEachPiece { (piece) throws(NNXError) in try file.write(piece) }
    try file.commit()
  }

  /// Bytes that this user may still write on the file system of `path`.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func freeSpace(at path: String) throws(NNXError) -> Int {
    guard let status = SystemCall.space(of: path) else { throw .system("cannot look at", path) }
    let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(
      by: Int(status.f_frsize))
    return overflow ? .max : bytes
  }

  /// Swaps two folders (or files) of one file system in a single step.
  ///
  /// Where the file system cannot do that, there is neither for a moment.
  ///
  /// - Throws: `file-not-found`, `cannot-write`.
  package static func exchange(_ a: String, _ b: String) throws(NNXError) {
    if SystemCall.rename(a, to: b, flags: NNX_RENAME_EXCHANGE) { return }
    guard errno == EINVAL || errno == ENOSYS else { throw .system("cannot replace", b) }
    let aside = "\(a).aside"
    guard SystemCall.rename(b, to: aside) else { throw .system("cannot replace", b) }
    guard SystemCall.rename(a, to: b) else {
      let error = NNXError.system("cannot replace", b)
      SystemCall.rename(aside, to: b)
      throw error
    }
    guard SystemCall.rename(aside, to: a) else { throw .system("cannot move", aside) }
  }
}
