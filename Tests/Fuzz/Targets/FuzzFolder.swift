import Glibc

/// A folder of this process, for readers that take a path: its files are overwritten again and again.
///
/// It lies in TMPDIR, which Scripts/fuzz sets to a folder in memory and removes.
package final class FuzzFolder: Sendable {
  package let path: String

  package init(_ name: String) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let own = "\(parent)/nnx-fuzz-\(getpid())"
    path = "\(own)/\(name)"
    for path in [own, path] {
      precondition(mkdir(path, 0o700) == 0 || errno == EEXIST, "cannot make \(path)")
    }
  }

  /// The path of a file in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file of the folder anew and returns its path.
  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) -> String {
    let path = file(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "cannot write \(path)")
    // The memory of the last input serves this one.
    precondition(
      Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        && ftruncate(descriptor, bytes.count) == 0, "\(path) is not whole")
    close(descriptor)
    return path
  }
}
