import NNXSystem

/// Reads and checks the central directory of a `TorchZip`.
struct TorchZipDirectory {
  let source: String

  private static let endSignature: UInt32 = 0x0605_4B50
  private static let end64Signature: UInt32 = 0x0606_4B50
  private static let locatorSignature: UInt32 = 0x0706_4B50
  private static let centralSignature: UInt32 = 0x0201_4B50
  private static let localSignature: UInt32 = 0x0403_4B50

  private func failure(_ reason: String) -> NNXError { TorchZip.failure(source, reason) }

  /// The members with full names, in the order of the file.
  mutating func entries(_ bytes: RawSpan) throws(NNXError) -> [TorchZip.Member] {
    let (count, start, end) = try bounds(bytes)
    guard count <= TorchZip.mostMembers else { throw failure("\(count) members") }
    var members: [(local: Int, member: TorchZip.Member)] = []
    var position = start
    for _ in 0..<count {
      members.append(try entry(bytes, &position, end))
    }
    guard position == end else { throw failure("the directory has gaps") }
    members.sort { $0.local < $1.local }
    for (index, item) in members.enumerated() {
      let next = index + 1 < members.count ? members[index + 1].local : start
      guard item.member.offset + item.member.storedSize <= next else {
        throw failure("its members overlap")
      }
    }
    return members.map(\.member)
  }

  /// Number of entries, first byte and end of the central directory.
  private func bounds(_ bytes: RawSpan) throws(NNXError) -> (count: Int, start: Int, end: Int) {
    let end = bytes.byteCount - 22
    guard end >= 0, bytes.littleEndian(UInt32.self, at: end) == TorchZipDirectory.endSignature,
      bytes.littleEndian(UInt16.self, at: end + 20) == 0
    else { throw failure("it does not end with a zip directory; it may be cut short") }
    func short(_ offset: Int) -> Int { Int(bytes.littleEndian(UInt16.self, at: end + offset)) }
    func long(_ offset: Int) -> Int { Int(bytes.littleEndian(UInt32.self, at: end + offset)) }
    guard short(4) == 0, short(6) == 0, short(8) == short(10) else {
      throw failure("it is one part of several")
    }
    var count = short(10)
    var size = long(12)
    var start = long(16)
    var directoryEnd = end
    if end >= 20,
      bytes.littleEndian(UInt32.self, at: end - 20) == TorchZipDirectory.locatorSignature
    {
      let record = bytes.littleEndian(UInt64.self, at: end - 12)
      guard let record = Int(exactly: record), record <= end - 20 - 56,
        bytes.littleEndian(UInt32.self, at: record) == TorchZipDirectory.end64Signature,
        bytes.littleEndian(UInt64.self, at: record + 4) == UInt64(end - 20 - record - 12),
        let count64 = Int(exactly: bytes.littleEndian(UInt64.self, at: record + 32)),
        bytes.littleEndian(UInt64.self, at: record + 24) == UInt64(count64),
        let size64 = Int(exactly: bytes.littleEndian(UInt64.self, at: record + 40)),
        let start64 = Int(exactly: bytes.littleEndian(UInt64.self, at: record + 48)),
        count == 0xFFFF || count == count64, size == 0xFFFF_FFFF || size == size64,
        start == 0xFFFF_FFFF || start == start64
      else { throw failure("its ZIP64 directory is damaged") }
      (count, size, start, directoryEnd) = (count64, size64, start64, record)
    }
    guard start <= directoryEnd, size == directoryEnd - start else {
      throw failure("the place of its zip directory is wrong")
    }
    return (count, start, directoryEnd)
  }

  private func entry(
    _ bytes: RawSpan, _ position: inout Int, _ end: Int
  ) throws(NNXError) -> (local: Int, member: TorchZip.Member) {
    let start = position
    guard end - start >= 46,
      bytes.littleEndian(UInt32.self, at: start) == TorchZipDirectory.centralSignature
    else { throw failure("its zip directory is damaged") }
    func short(_ offset: Int) -> Int { Int(bytes.littleEndian(UInt16.self, at: start + offset)) }
    func long(_ offset: Int) -> Int { Int(bytes.littleEndian(UInt32.self, at: start + offset)) }
    let (nameLength, extraLength, commentLength) = (short(28), short(30), short(32))
    guard nameLength + extraLength + commentLength <= end - start - 46 else {
      throw failure("its zip directory is damaged")
    }
    let name = try self.name(bytes.copy(start + 46..<start + 46 + nameLength))
    let shown = TorchZip.printable(name)
    guard short(8) & 0x1 == 0 else { throw failure("'\(shown)' is encrypted") }
    let method = short(10)
    guard method == 0 || method == 8 else {
      throw failure("'\(shown)' is compressed by method \(method)")
    }
    let extra = start + 46 + nameLength
    let (size, stored, local) = try sizes(
      bytes, extra..<extra + extraLength, size: long(24), stored: long(20), local: long(42))
    guard method == 8 || size == stored else { throw failure("'\(shown)' has two sizes") }
    position = extra + extraLength + commentLength
    let offset = try content(bytes, local, nameLength, start + 46)
    guard stored <= bytes.byteCount - offset else { throw failure("'\(shown)' is cut short") }
    let member = TorchZip.Member(
      name: name, offset: offset, storedSize: stored, size: size, isDeflated: method == 8,
      crc: UInt32(long(16)))
    return (local, member)
  }

  private func name(_ bytes: [UInt8]) throws(NNXError) -> String {
    guard !bytes.isEmpty, bytes.count <= TorchZip.longestName,
      let name = String(validating: bytes, as: UTF8.self),
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }),
      !name.hasPrefix("/"),
      !name.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
        $0 == ".." || $0 == "."
      })
    else { throw failure("a member has a name that is not allowed") }
    return name
  }

  /// Replaces sizes that do not fit 32 bits by those of the ZIP64 extra field.
  private func sizes(
    _ bytes: RawSpan, _ extra: Range<Int>, size: Int, stored: Int, local: Int
  ) throws(NNXError) -> (size: Int, stored: Int, local: Int) {
    var values = [size, stored, local]
    var position = extra.lowerBound
    var isExtended = false
    while position + 4 <= extra.upperBound {
      let kind = bytes.littleEndian(UInt16.self, at: position)
      let length = Int(bytes.littleEndian(UInt16.self, at: position + 2))
      var field = position + 4
      let fieldEnd = field + length
      guard fieldEnd <= extra.upperBound else { throw failure("an extra field is damaged") }
      if kind == 1, !isExtended {
        isExtended = true
        for index in values.indices where values[index] == 0xFFFF_FFFF {
          guard field + 8 <= fieldEnd,
            let value = Int(exactly: bytes.littleEndian(UInt64.self, at: field))
          else { throw failure("a ZIP64 field is damaged") }
          values[index] = value
          field += 8
        }
      }
      position = fieldEnd
    }
    return (values[0], values[1], values[2])
  }

  /// Where a member's bytes begin: behind its local header, which must carry the same name.
  private func content(
    _ bytes: RawSpan, _ local: Int, _ nameLength: Int, _ centralName: Int
  ) throws(NNXError) -> Int {
    guard local <= bytes.byteCount - 30 - nameLength,
      bytes.littleEndian(UInt32.self, at: local) == TorchZipDirectory.localSignature,
      Int(bytes.littleEndian(UInt16.self, at: local + 26)) == nameLength,
      bytes.copy(local + 30..<local + 30 + nameLength)
        == bytes.copy(centralName..<centralName + nameLength)
    else { throw failure("a member's header differs from the directory") }
    let extra = Int(bytes.littleEndian(UInt16.self, at: local + 28))
    let offset = local + 30 + nameLength + extra
    guard offset <= bytes.byteCount else { throw failure("a member's header is damaged") }
    return offset
  }
}
