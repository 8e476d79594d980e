import Glibc

/// Questions about folders, and changes to them.
package enum Folder {
  /// Whether `path` exists, and whether it is a folder; `nil` when there is nothing.
  package static func isFolder(_ path: String) -> Bool? {
    SystemCall.status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR }
  }

  /// Whether a file is there, or anything else that is no folder; links are followed.
  package static func isFile(_ path: String) -> Bool { isFolder(path) == false }

  /// The absolute path of something that exists, links resolved; `path` itself when there is nothing.
  package static func absolute(_ path: String) -> String {
    SystemCall.realpath(path) ?? path
  }

  /// A path without the slashes at its end; `/` stays.
  package static func trimmed(_ path: String) -> String {
    guard path.utf8.last == UInt8(ascii: "/") else { return path }
    guard let end = path.utf8.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "/" }
    return String(path[...end])
  }

  /// The names in a folder, sorted, without `.` and `..`.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func entries(_ path: String) throws(NNXError) -> [String] {
    guard let names = SystemCall.names(in: path) else { throw .system("cannot read", path) }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  /// The names in a folder in no order, without `.` and `..`; none where there is no folder: for folders of
  /// many files, whose listing others change meanwhile.
  ///
  /// - Throws: `cannot-read`, `unreadable`.
  package static func names(_ path: String) throws(NNXError) -> [String] {
    guard let names = SystemCall.names(in: path) else {
      if errno == ENOENT { return [] }
      throw .system("cannot read", path)
    }
    return names.filter { $0 != "." && $0 != ".." }
  }

  /// Makes a folder and those above it; fine when it is there already.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package static func create(_ path: String) throws(NNXError) {
    if isFolder(path) == true || path.isEmpty { return }
    let parent = parentFolder(path)
    if parent != path { try create(parent) }
    guard SystemCall.mkdir(path) || (errno == EEXIST && isFolder(path) == true) else {
      throw .system("cannot create", path)
    }
  }
}
