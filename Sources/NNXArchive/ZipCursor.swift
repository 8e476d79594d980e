import NNXSystem

/// Reads little-endian numbers from a piece of a zip file; running out of bytes is an error.
struct ZipCursor {
  let bytes: [UInt8]
  /// Of the archive, for errors.
  let path: String
  let rules: ZipRules
  /// What is wrong when bytes are missing or a number is beyond measure.
  let kind: ZipProblem.Kind
  var position = 0

  init(_ bytes: [UInt8], _ kind: ZipProblem.Kind, of path: String, _ rules: ZipRules) {
    self.bytes = bytes
    self.kind = kind
    self.path = path
    self.rules = rules
  }

  var isAtEnd: Bool { position == bytes.count }
  var left: Int { bytes.count - position }

  /// Passes over the next bytes.
  ///
  /// - Returns: where they are in `bytes`.
  mutating func skip(_ count: Int) throws(NNXError) -> Range<Int> {
    guard count <= left else { throw rules.refusal(path, kind, "its directory ends early") }
    defer { position += count }
    return position..<position + count
  }

  mutating func take(_ count: Int) throws(NNXError) -> [UInt8] { Array(bytes[try skip(count)]) }

  private mutating func number(_ count: Int) throws(NNXError) -> UInt64 {
    var value: UInt64 = 0
    for index in try skip(count).reversed() { value = value << 8 | UInt64(bytes[index]) }
    return value
  }

  mutating func u16() throws(NNXError) -> UInt16 { UInt16(try number(2)) }
  mutating func u32() throws(NNXError) -> UInt32 { UInt32(try number(4)) }

  /// Eight bytes that hold an offset, a size or a count below 2^62, so that sums cannot overflow.
  mutating func offset() throws(NNXError) -> Int {
    let value = try number(8)
    guard value < 1 << 62 else {
      throw rules.refusal(path, kind, "a size in it is beyond measure")
    }
    return Int(value)
  }
}

/// The extra fields of a header: 64-bit sizes (0x0001) and a second name (0x7075).
struct ZipExtra {
  private var sizes: ZipCursor?
  private var unicodeName: [UInt8]?
  private let archive: String
  private let entry: String
  private let rules: ZipRules

  init(
    _ bytes: [UInt8], archive: String, entry: String, _ rules: ZipRules
  ) throws(NNXError) {
    self.archive = archive
    self.entry = entry
    self.rules = rules
    var cursor = ZipCursor(bytes, .extraField, of: archive, rules)
    // Fewer than four bytes at the end are padding, as some aligning packers leave.
    while cursor.left >= 4 {
      let tag = try cursor.u16()
      let length = Int(try cursor.u16())
      guard length <= cursor.left else { throw refusal(.extraField, "has a damaged extra field") }
      let payload = try cursor.skip(length)
      switch tag {
      case 0x0001:
        guard sizes == nil else { throw refusal(.zip64Field, "states its sizes twice") }
        sizes = ZipCursor(Array(bytes[payload]), .zip64Field, of: archive, rules)
      case 0x7075: unicodeName = Array(bytes[payload].dropFirst(5))
      default: break
      }
    }
  }

  private func refusal(_ kind: ZipProblem.Kind, _ reason: String) -> NNXError {
    rules.refusal(archive, kind, reason, entry: entry)
  }

  /// The 32-bit number of the header, or the next 64-bit one when that is all ones.
  mutating func size64(instead small: UInt32) throws(NNXError) -> Int {
    guard small == 0xFFFF_FFFF else { return Int(small) }
    guard sizes != nil else { throw refusal(.zip64Field, "lacks its ZIP64 sizes") }
    return try sizes!.offset()
  }

  /// - Throws: when a second name contradicts the first, which containers may have.
  func checkName(_ name: [UInt8]) throws(NNXError) {
    guard unicodeName == nil || unicodeName == name || rules.isContainer else {
      throw refusal(.name, "has two names")
    }
  }
}
