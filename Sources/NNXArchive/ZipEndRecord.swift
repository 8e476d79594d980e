import NNXSystem

/// Where the central directory is and how many entries it has.
struct ZipEndRecord {
  var entryCount: Int
  var directorySize: Int
  var directoryOffset: Int

  static let signature: UInt32 = 0x0605_4B50

  init(of file: any RandomAccess, _ rules: ZipRules) throws(NNXError) {
    func refusal(_ kind: ZipProblem.Kind, _ reason: String) -> NNXError {
      rules.refusal(file.path, kind, reason)
    }
    func cursor(_ bytes: [UInt8], at position: Int) -> ZipCursor {
      var cursor = ZipCursor(bytes, .zip64, of: file.path, rules)
      cursor.position = position
      return cursor
    }
    let longestComment = rules.isContainer ? 0 : 65535
    let tailSize = min(file.count, 22 + longestComment)
    let tailOffset = file.count - tailSize
    let tail = try file.bytes(at: tailOffset, count: tailSize)
    // The record whose comment ends exactly with the file; anything else is no zip, or two of them.
    var starts: [Int] = []
    if tailSize >= 22 {
      for start in 0...(tailSize - 22) where tail[start] == 0x50 {
        var record = cursor(Array(tail[start..<start + 22]), at: 0)
        guard try record.u32() == ZipEndRecord.signature else { continue }
        record.position = 20
        if start + 22 + Int(try record.u16()) == tailSize { starts.append(start) }
      }
    }
    guard let start = starts.first else { throw refusal(.end, "it has no end record") }
    guard starts.count == 1 else { throw refusal(.directory, "it has two end records") }

    var record = cursor(Array(tail[start..<start + 22]), at: 4)
    let disk = try record.u16()
    let directoryDisk = try record.u16()
    let onThisDisk = try record.u16()
    let count = try record.u16()
    let size = try record.u32()
    let offset = try record.u32()
    var end = tailOffset + start
    entryCount = Int(count)
    directorySize = Int(size)
    directoryOffset = Int(offset)

    let locatorOffset = end - 20
    let locatorMark = locatorOffset < 0 ? [] : try file.bytes(at: locatorOffset, count: 4)
    if locatorMark == [0x50, 0x4B, 0x06, 0x07] {
      var locator = cursor(try file.bytes(at: locatorOffset, count: 20), at: 8)
      end = try locator.offset()
      guard end >= 0, end <= locatorOffset - 56 else {
        throw refusal(.zip64, "its ZIP64 locator points outside")
      }
      var record = cursor(try file.bytes(at: end, count: 56), at: 0)
      let mark = try record.u32()
      let length = try record.offset()
      guard mark == 0x0606_4B50, end + 12 + length == locatorOffset else {
        throw refusal(.zip64, "its ZIP64 end record is not where it should be")
      }
      record.position = 24
      let onThisDisk = try record.offset()
      entryCount = try record.offset()
      directorySize = try record.offset()
      directoryOffset = try record.offset()
      guard onThisDisk == entryCount, count == 0xFFFF || Int(count) == entryCount,
        size == 0xFFFF_FFFF || Int(size) == directorySize,
        offset == 0xFFFF_FFFF || Int(offset) == directoryOffset
      else { throw refusal(.zip64, "its two end records disagree") }
    } else {
      guard count != 0xFFFF, size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else {
        throw refusal(.zip64, "its ZIP64 locator is missing")
      }
      guard disk == 0, directoryDisk == 0, onThisDisk == count else {
        throw refusal(.split, "it is one part of several")
      }
    }
    let (sum, overflow) = directoryOffset.addingReportingOverflow(directorySize)
    guard !overflow, sum == end else {
      throw refusal(.place, "its directory is not where the end record says")
    }
  }
}
