import Glibc

/// Questions about folders, and changes to them.
package enum Folder {
  /// Whether `path` exists, and whether it is a folder; `nil` when there is nothing.
  package static func isFolder(_ path: String) -> Bool? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// The absolute path of something that exists, links resolved; `path` itself when there is nothing.
  package static func absolute(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// A path without the slashes at its end; `/` stays.
  package static func trimmed(_ path: String) -> String {
    let rest = String(path.reversed().drop { $0 == "/" }.reversed())
    return rest.isEmpty && !path.isEmpty ? "/" : rest
  }

  /// The names in a folder, sorted, without `.` and `..`.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func entries(_ path: String) throws(NNXError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw .system("cannot read", path) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let capacity = MemoryLayout.size(ofValue: unsafe entry.pointee.d_name)
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: capacity) {
          unsafe String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes a folder and those above it; fine when it is there already.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package static func create(_ path: String) throws(NNXError) {
    if isFolder(path) == true || path.isEmpty { return }
    let parent = parentFolder(path)
    if parent != path { try create(parent) }
    guard unsafe mkdir(path, 0o777) == 0 || (errno == EEXIST && isFolder(path) == true) else {
      throw .system("cannot create", path)
    }
  }
}
