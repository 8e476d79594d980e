import NNXSystem

/// One file or folder of an archive.
package struct ArchiveEntry: Sendable, Equatable {
  /// As written in the archive; folders end with a slash.
  package var path: String
  package var isFolder: Bool
  /// Bytes once unpacked.
  package var size: Int
  /// Bytes in the archive.
  package var compressedSize: Int
  /// 0 stored, 8 deflated.
  package var method: UInt16
  package var crc32: UInt32
  /// Of the local header, from the start of the archive.
  var headerOffset: Int
  /// Of the compressed bytes.
  package var dataOffset: Int

  /// Where its local header most likely ends: writers repeat the name and add little to it.
  var headerExtent: Range<Int> { headerOffset..<headerOffset + 30 + path.utf8.count + 128 }
  /// Of the compressed bytes in the archive.
  package var extent: Range<Int> { dataOffset..<dataOffset + compressedSize }
}

extension ArchiveEntry {
  /// Bit 0: encrypted, 5: patched data, 6: strong encryption, 13: masked headers.
  private static let unreadable: UInt16 = 0b0010_0000_0110_0001

  /// Reads one entry of a zip's central directory.
  init(central cursor: inout ZipCursor) throws(NNXError) {
    let (archive, rules) = (cursor.path, cursor.rules)
    guard try cursor.u32() == 0x0201_4B50 else {
      throw rules.refusal(archive, .directory, "its directory is damaged")
    }
    let madeBy = try cursor.u16() >> 8
    _ = try cursor.u16()
    let flags = try cursor.u16()
    method = try cursor.u16()
    _ = try cursor.u32()  // time and date
    crc32 = try cursor.u32()
    let smallCompressed = try cursor.u32()
    let smallSize = try cursor.u32()
    let nameLength = Int(try cursor.u16())
    let extraLength = Int(try cursor.u16())
    let commentLength = Int(try cursor.u16())
    let disk = try cursor.u16()
    _ = try cursor.u16()
    let attributes = try cursor.u32()
    let smallOffset = try cursor.u32()
    let name = try cursor.take(nameLength)
    let extra = try cursor.take(extraLength)
    _ = try cursor.skip(commentLength)

    let path = try EntryPath.check(name, archive: archive, rules)
    self.path = path
    func refuse(_ kind: ZipProblem.Kind, _ reason: String) -> NNXError {
      rules.refusal(archive, kind, reason, entry: path)
    }
    guard flags & ArchiveEntry.unreadable == 0 else {
      throw refuse(.encrypted, "is encrypted or patched")
    }
    guard method == 0 || method == 8 else {
      throw refuse(
        .method(method), "is packed by method \(method); nnx reads stored and deflated entries")
    }
    guard disk == 0 || rules.isContainer else {
      throw refuse(.split, "lies in another part of a split archive")
    }
    isFolder = path.hasSuffix("/")
    var fields = try ZipExtra(extra, archive: archive, entry: path, rules)
    size = try fields.size64(instead: smallSize)
    compressedSize = try fields.size64(instead: smallCompressed)
    headerOffset = try fields.size64(instead: smallOffset)
    dataOffset = headerOffset
    try fields.checkName(name)
    if method == 0, size != compressedSize {
      throw refuse(.sizes, "is stored with two different sizes")
    }
    guard !rules.isContainer else { return }
    // Unix (3) and macOS (19) keep the file type in the upper half of the attributes.
    let type = madeBy == 3 || madeBy == 19 ? (attributes >> 16) & 0o170000 : 0
    switch type {
    case 0: break
    case 0o100000:
      guard !isFolder else { throw refuse(.type, "is a file with the name of a folder") }
    case 0o040000:
      guard isFolder else { throw refuse(.type, "is a folder with the name of a file") }
    case 0o120000: throw refuse(.type, "is a symbolic link")
    default: throw refuse(.type, "is neither a file nor a folder")
    }
    if isFolder, size != 0 { throw refuse(.type, "is a folder with contents") }
  }

  /// Reads the local header, compares it with this entry and finds where the data begins.
  mutating func compareLocalHeader(
    in file: any RandomAccess, _ rules: ZipRules
  ) throws(NNXError) {
    let entry = path
    func refuse(_ kind: ZipProblem.Kind, _ reason: String) -> NNXError {
      rules.refusal(file.path, kind, reason, entry: entry)
    }
    guard headerOffset <= file.count - 30 else { throw refuse(.header, "lies outside the file") }
    var header = ZipCursor(
      try file.bytes(at: headerOffset, count: 30), .header, of: file.path, rules)
    guard try header.u32() == 0x0403_4B50 else { throw refuse(.header, "has no local header") }
    _ = try header.u16()
    let flags = try header.u16()
    let localMethod = try header.u16()
    _ = try header.u32()
    let localCRC = try header.u32()
    let smallCompressed = try header.u32()
    let smallSize = try header.u32()
    let nameLength = Int(try header.u16())
    let extraLength = Int(try header.u16())
    dataOffset = headerOffset + 30 + nameLength + extraLength
    guard dataOffset <= file.count else { throw refuse(.headerEnd, "lies outside the file") }
    let rest = try file.bytes(
      at: headerOffset + 30, count: nameLength + (rules.isContainer ? 0 : extraLength))
    guard rest.prefix(nameLength).elementsEqual(path.utf8) else {
      throw refuse(.header, "has another name in its local header")
    }
    guard localMethod == method, flags & ArchiveEntry.unreadable == 0 else {
      throw refuse(.header, "has another method in its local header")
    }
    if !rules.isContainer {
      var fields = try ZipExtra(
        Array(rest.dropFirst(nameLength)), archive: file.path, entry: path, rules)
      let localSize = try fields.size64(instead: smallSize)
      let localCompressed = try fields.size64(instead: smallCompressed)
      try fields.checkName(Array(path.utf8))
      // Bit 3: the numbers follow the data; then the header holds zeros, or already the right ones.
      let follow = flags & 0b1000 != 0
      for (local, central, what) in [
        (localSize, size, "size"), (localCompressed, compressedSize, "packed size"),
        (Int(localCRC), Int(crc32), "checksum"),
      ] where local != central && !(follow && local == 0) {
        throw refuse(.header, "has another \(what) in its local header")
      }
    }
    guard compressedSize <= file.count - dataOffset else {
      throw refuse(.cutShort, "lies outside the file")
    }
  }
}
