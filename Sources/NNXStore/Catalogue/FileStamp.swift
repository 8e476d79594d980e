import Glibc
import NNXSystem

/// Tells whether a file is still the one that was read: its inode, size and times of change.
///
/// Receipts are replaced by rename and never written in place, so another receipt has another stamp.
struct FileStamp: Hashable, Sendable {
  /// As it is kept in the catalogue.
  let text: String

  /// - Parameter path: links are not followed; `nil` when nothing is there.
  init?(_ path: String) {
    guard let status = SystemCall.status(of: path, followsLinks: false) else { return nil }
    let (changed, inode) = (status.st_ctim, status.st_mtim)
    text =
      "\(status.st_ino):\(status.st_size):\(inode.tv_sec).\(inode.tv_nsec)"
      + ":\(changed.tv_sec).\(changed.tv_nsec)"
  }
}
