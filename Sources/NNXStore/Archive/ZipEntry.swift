import NNXSystem

extension ZipDirectory.Entry {
  /// Reads one entry of the central directory.
  init(central cursor: inout ZipCursor) throws(NNXError) {
    guard try cursor.u32() == 0x0201_4B50 else {
      throw .unsafeArchive(cursor.path, "its directory is damaged")
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
    _ = try cursor.take(commentLength)

    let archive = cursor.path
    let path = try EntryPath.check(name, archive: archive)
    self.path = path
    func refuse(_ reason: String) -> NNXError {
      .unsafeArchive(archive, "the entry '\(path)' \(reason)")
    }
    // Bit 0: encrypted, 5: patched data, 6: strong encryption, 13: masked headers.
    guard flags & 0b0010_0000_0110_0001 == 0 else { throw refuse("is encrypted or patched") }
    guard method == 0 || method == 8 else {
      throw refuse("is packed by method \(method); nnx reads stored and deflated entries")
    }
    guard disk == 0 else { throw refuse("lies in another part of a split archive") }

    isFolder = path.hasSuffix("/")
    // Unix (3) and macOS (19) keep the file type in the upper half of the attributes.
    let type = madeBy == 3 || madeBy == 19 ? (attributes >> 16) & 0o170000 : 0
    switch type {
    case 0: break
    case 0o100000:
      guard !isFolder else { throw refuse("is a file with the name of a folder") }
    case 0o040000:
      guard isFolder else { throw refuse("is a folder with the name of a file") }
    case 0o120000: throw refuse("is a symbolic link")
    default: throw refuse("is neither a file nor a folder")
    }

    var fields = try ZipExtra(extra, archive: archive, entry: path)
    size = try fields.size64(instead: smallSize)
    compressedSize = try fields.size64(instead: smallCompressed)
    headerOffset = try fields.size64(instead: smallOffset)
    dataOffset = headerOffset
    try fields.checkName(name)
    if method == 0, size != compressedSize { throw refuse("is stored with two different sizes") }
    if isFolder, size != 0 { throw refuse("is a folder with contents") }
  }

  /// Reads the local header, compares it with this entry and finds where the data begins.
  mutating func compareLocalHeader(in file: any RandomAccess) throws(NNXError) {
    let entry = path
    func refuse(_ reason: String) -> NNXError {
      .unsafeArchive(file.path, "the entry '\(entry)' \(reason)")
    }
    guard headerOffset <= file.count - 30 else { throw refuse("lies outside the file") }
    var header = ZipCursor(bytes: try file.bytes(at: headerOffset, count: 30), path: file.path)
    guard try header.u32() == 0x0403_4B50 else { throw refuse("has no local header") }
    _ = try header.u16()
    let flags = try header.u16()
    let localMethod = try header.u16()
    _ = try header.u32()
    let localCRC = try header.u32()
    let smallCompressed = try header.u32()
    let smallSize = try header.u32()
    let nameLength = Int(try header.u16())
    let extraLength = Int(try header.u16())
    guard headerOffset + 30 + nameLength + extraLength <= file.count else {
      throw refuse("lies outside the file")
    }
    let rest = try file.bytes(at: headerOffset + 30, count: nameLength + extraLength)
    guard Array(rest.prefix(nameLength)) == Array(path.utf8) else {
      throw refuse("has another name in its local header")
    }
    guard localMethod == method, flags & 0b0010_0000_0110_0001 == 0 else {
      throw refuse("has another method in its local header")
    }
    var fields = try ZipExtra(Array(rest.dropFirst(nameLength)), archive: file.path, entry: path)
    let localSize = try fields.size64(instead: smallSize)
    let localCompressed = try fields.size64(instead: smallCompressed)
    try fields.checkName(Array(path.utf8))
    // Bit 3: the numbers follow the data; then the header holds zeros, or already the right ones.
    let follow = flags & 0b1000 != 0
    for (local, central, what) in [
      (localSize, size, "size"), (localCompressed, compressedSize, "packed size"),
      (Int(localCRC), Int(crc32), "checksum"),
    ] where local != central && !(follow && local == 0) {
      throw refuse("has another \(what) in its local header")
    }
    dataOffset = headerOffset + 30 + nameLength + extraLength
    guard compressedSize <= file.count - dataOffset else { throw refuse("lies outside the file") }
  }
}
