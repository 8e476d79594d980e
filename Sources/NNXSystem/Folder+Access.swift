import Glibc

extension Folder {
  /// Whether this process may make files in a folder, on a file system that is mounted for writing.
  package static func isWritable(_ path: String) -> Bool {
    unsafe access(path, W_OK | X_OK) == 0
  }

  /// Whether two paths lie on one file system, so that files can be renamed between them.
  package static func isSameFileSystem(_ a: String, _ b: String) -> Bool {
    var first = stat()
    var second = stat()
    guard unsafe stat(a, &first) == 0, unsafe stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev
  }
}
