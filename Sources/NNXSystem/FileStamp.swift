import Glibc

/// Tells whether a file is still the one that was read: its inode, size and times of change.
package struct FileStamp: Hashable, Sendable {
  /// As it is kept in the catalogue.
  package let text: String
  /// When the file was changed last, in seconds; later changes within a few ms of that may leave the same stamp.
  package let changed: Double

  /// - Parameter followsLinks: whether that of the file which a link names.
  /// - Returns: `nil` when nothing is there.
  package init?(_ path: String, followsLinks: Bool = false) {
    guard let status = SystemCall.status(of: path, followsLinks: followsLinks) else { return nil }
    let (change, write) = (status.st_ctim, status.st_mtim)
    text =
      "\(status.st_ino):\(status.st_size):\(write.tv_sec).\(write.tv_nsec)"
      + ":\(change.tv_sec).\(change.tv_nsec)"
    changed = Double(change.tv_sec) + Double(change.tv_nsec) * 1e-9
  }
}
