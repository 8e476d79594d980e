import Glibc

/// What tells at a glance whether a file is the one that it was. Two that are equal are of one file that nobody wrote,
/// renamed, linked or gave other rights meanwhile.
package struct FileStamp: Hashable, Sendable {
  package let inode: UInt64
  /// Bytes.
  package let size: Int
  /// When its bytes were written last, in ns since 1970 by the clock of the file's own system. Programs may set it.
  package let written: Int
  /// When anything of it changed last, its name, links and rights too, likewise. Nobody can set it.
  package let changed: Int

  /// - Parameter followsLinks: whether that of the file which a link names.
  /// - Returns: `nil` when nothing is there.
  package init?(_ path: String, followsLinks: Bool = false) {
    guard let status = SystemCall.status(of: path, followsLinks: followsLinks) else { return nil }
    func nanoseconds(_ time: timespec) -> Int {
      time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ time.tv_nsec
    }
    self.init(
      inode: UInt64(status.st_ino), size: Int(status.st_size),
      written: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
  }

  package init(inode: UInt64, size: Int, written: Int, changed: Int) {
    (self.inode, self.size, self.written, self.changed) = (inode, size, written, changed)
  }

  /// As it is kept in a database.
  package var text: String { "\(inode):\(size):\(written):\(changed)" }
}
