import CLinux
import Glibc

/// What makes two paths one file: its device and number, links followed.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let number: UInt64

  /// `nil` when nothing is there, or a link leads nowhere.
  package init?(_ path: String) {
    guard let status = SystemCall.status(of: path) else { return nil }
    (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

/// Where many paths of few folders lead: each folder is looked up once.
package struct PathResolver {
  private var folders: [String: String] = [:]

  package init() {}

  /// As `Folder.resolved`, while nobody moves the folders.
  package mutating func resolved(_ path: String) -> String {
    let path = Folder.trimmed(path)
    let name = lastComponent(path)
    guard !["", ".", ".."].contains(name), Folder.kind(path) != .link else {
      return Folder.resolved(path)
    }
    let parent = parentFolder(path)
    let folder = folders[parent] ?? Folder.resolved(parent)
    folders[parent] = folder
    return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
  }
}

extension Folder {
  /// Where a path leads, whether or not something is there: absolute, without `.`, `..` and links.
  ///
  /// What does not exist is taken as the folder or file that it would become.
  package static func resolved(_ path: String) -> String {
    let path = trimmed(path)
    let known = absolute(path)
    // realpath(3) gives absolute paths of what exists, and nothing else.
    if known.hasPrefix("/"), isFolder(path) != nil { return known }
    guard let name = path.split(separator: "/").last, path != "." else { return absolute(".") }
    let folder = resolved(parentFolder(path))
    switch name {
    case ".": return folder
    case "..": return parentFolder(folder)
    default: return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    }
  }

  /// Gives a file or folder a name of the same file system that nothing has yet, in one step where the file
  /// system can do that.
  ///
  /// - Throws: `output-exists` when the name is taken; `file-not-found`, `cannot-write`, `no-space`.
  package static func place(_ path: String, at target: String) throws(NNXError) {
    if SystemCall.rename(path, to: target, flags: NNX_RENAME_NOREPLACE) { return }
    if errno == EEXIST { throw .appeared(target) }
    guard errno == EINVAL || errno == ENOSYS else { throw .system("cannot write", target) }
    guard kind(target) == nil else { throw .appeared(target) }
    try move(path, to: target)
  }

  /// Makes a folder and those above it.
  ///
  /// - Returns: those that were not there before, the outermost first.
  /// - Throws: `cannot-write`, `no-space`.
  package static func createMissing(_ path: String) throws(NNXError) -> [String] {
    var missing: [String] = []
    var folder = path
    while isFolder(folder) == nil, folder != ".", folder != "/" {
      missing.insert(folder, at: 0)
      folder = parentFolder(folder)
    }
    try create(path)
    return missing
  }

  /// Removes folders that are empty, in the order given; others stay.
  package static func removeEmpty(_ folders: [String]) {
    for folder in folders { SystemCall.rmdir(folder) }
  }
}
