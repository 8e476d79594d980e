import NNXSystem

/// Reads little-endian numbers from a piece of a zip file; running out of bytes is an error.
struct ZipCursor {
  let bytes: [UInt8]
  /// Of the archive, for errors.
  let path: String
  var position = 0

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ count: Int) throws(NNXError) -> [UInt8] {
    guard count <= bytes.count - position else {
      throw .unsafeArchive(path, "its directory ends early")
    }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  private mutating func number(_ count: Int) throws(NNXError) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func u16() throws(NNXError) -> UInt16 { UInt16(try number(2)) }
  mutating func u32() throws(NNXError) -> UInt32 { UInt32(try number(4)) }

  /// Eight bytes that hold an offset, a size or a count below 2^62, so that sums cannot overflow.
  mutating func offset() throws(NNXError) -> Int {
    let value = try number(8)
    guard value < 1 << 62 else { throw .unsafeArchive(path, "a size in it is beyond measure") }
    return Int(value)
  }
}

/// The extra fields of a header: 64-bit sizes (0x0001) and a second name (0x7075).
struct ZipExtra {
  private var sizes: ZipCursor?
  private var unicodeName: [UInt8]?
  private let archive: String
  private let entry: String

  init(_ bytes: [UInt8], archive: String, entry: String) throws(NNXError) {
    self.archive = archive
    self.entry = entry
    var cursor = ZipCursor(bytes: bytes, path: archive)
    // Fewer than four bytes at the end are padding, as some aligning packers leave.
    while cursor.bytes.count - cursor.position >= 4 {
      let tag = try cursor.u16()
      let length = Int(try cursor.u16())
      guard length <= cursor.bytes.count - cursor.position else {
        throw .unsafeArchive(archive, "the entry '\(entry)' has a damaged extra field")
      }
      let payload = try cursor.take(length)
      switch tag {
      case 0x0001:
        guard sizes == nil else {
          throw .unsafeArchive(archive, "the entry '\(entry)' states its sizes twice")
        }
        sizes = ZipCursor(bytes: payload, path: archive)
      case 0x7075: unicodeName = Array(payload.dropFirst(5))
      default: break
      }
    }
  }

  /// The 32-bit number of the header, or the next 64-bit one when that is all ones.
  mutating func size64(instead small: UInt32) throws(NNXError) -> Int {
    guard small == 0xFFFF_FFFF else { return Int(small) }
    guard sizes != nil else {
      throw .unsafeArchive(archive, "the entry '\(entry)' lacks its ZIP64 sizes")
    }
    return try sizes!.offset()
  }

  /// - Throws: `unsafe-archive` when a second name contradicts the first.
  func checkName(_ name: [UInt8]) throws(NNXError) {
    guard unicodeName == nil || unicodeName == name else {
      throw .unsafeArchive(archive, "the entry '\(entry)' has two names")
    }
  }
}
