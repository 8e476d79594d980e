import NNXSystem

/// A file as a record of a case that is done has it: where it lies, and its stamp.
///
/// Files are compared by all of the stamp. A link to one or other rights make a difference, too, but one that costs a
/// look into the file and no more, after which the record is written anew; while bytes that were written in place, and
/// their old time set again, differ in nothing but the time of any change.
package struct StampedFile: Codable, Equatable, Sendable {
  package let path: String
  package let stamp: FileStamp

  private enum CodingKeys: String, CodingKey { case path, size, written, changed, inode }

  /// Of a file that is there; of a link, the file that it names.
  ///
  /// - Parameter name: how the record calls it.
  package init?(_ path: String, as name: String? = nil) {
    guard let stamp = FileStamp(path, followsLinks: true) else { return nil }
    (self.path, self.stamp) = (name ?? path, stamp)
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    path = try fields.decode(String.self, forKey: .path)
    stamp = FileStamp(
      inode: UInt64(bitPattern: Int64(try fields.decode(Int.self, forKey: .inode))),
      size: try fields.decode(Int.self, forKey: .size),
      written: try fields.decode(Int.self, forKey: .written),
      changed: try fields.decode(Int.self, forKey: .changed))
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(path, forKey: .path)
    try fields.encode(stamp.size, forKey: .size)
    try fields.encode(stamp.written, forKey: .written)
    try fields.encode(stamp.changed, forKey: .changed)
    try fields.encode(Int(Int64(bitPattern: stamp.inode)), forKey: .inode)
  }
}
