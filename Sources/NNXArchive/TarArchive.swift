import NNXSystem

/// A tar archive, plain or packed with gzip, that is read without trust.
///
/// It is walked twice: once to know and judge all of its entries before a file is written, and once to
/// unpack. Links, devices, sparse files and every other kind but files and folders are refused. After
/// POSIX.1-2017, pax, "Interchange Format", and GNU tar's manual, "Basic Tar Format".
package struct TarArchive {
  private static let longestNote = 1 << 20
  /// Bytes of zeros behind the last entry; tar fills up to its block, at most some megabytes.
  private static let longestEnd = 1 << 24

  let file: FileReader
  /// In the order of the archive.
  package let entries: [ArchiveEntry]

  /// - Throws: `unsafe-archive`, `corrupt-archive`, `not-a-zip`, `unreadable`.
  package init(_ file: FileReader, limits: ArchiveLimits) throws(NNXError) {
    var entries: [ArchiveEntry] = []
    try TarArchive.walk(file, limits: limits) { (entry, stream) throws(NNXError) in
      guard entries.count < limits.entries else {
        throw .unsafeArchive(file.path, "it has more than \(limits.entries) entries")
      }
      entries.append(entry)
      try stream.skip(entry.size)
    }
    try limits.check(entries, archiveSize: file.count, file.path)
    self.file = file
    self.entries = entries
  }

  /// Calls `body` at each file that is `wanted`; it must read the file's bytes from the stream.
  ///
  /// - Throws: as `init`, and what `body` throws.
  package func unpack(
    where wanted: (ArchiveEntry) -> Bool,
    _ body: (ArchiveEntry, TarStream) throws(NNXError) -> Void
  ) throws(NNXError) {
    var index = 0
    try TarArchive.walk(file, limits: .init()) { (entry, stream) throws(NNXError) in
      // It was judged by what it held then.
      guard index < entries.count, entries[index] == entry else {
        throw NNXError(.unreadable, "\(file.path) changed while it was read")
      }
      index += 1
      if !entry.isFolder, wanted(entry) {
        try body(entry, stream)
      } else {
        try stream.skip(entry.size)
      }
    }
  }

  /// Goes through the entries; `body` must read exactly what belongs to each.
  private static func walk(
    _ file: FileReader, limits: ArchiveLimits,
    _ body: (ArchiveEntry, TarStream) throws(NNXError) -> Void
  ) throws(NNXError) {
    let stream = try TarStream(file)
    var notes = TarNotes()
    var isFirst = true
    while let block = try stream.bytes(TarHeader.blockSize) {
      if block.allSatisfy({ $0 == 0 }) { return try end(stream) }
      if isFirst, !block[257..<262].elementsEqual("ustar".utf8) {
        throw NNXError.notAZip(file.path)
      }
      isFirst = false
      let header = try TarHeader(block, archive: file.path)
      switch header.type {
      case UInt8(ascii: "x"), UInt8(ascii: "L"):
        guard header.size <= longestNote else {
          throw .unsafeArchive(file.path, "an extended header in it has \(header.size) bytes")
        }
        let content = try stream.bytes(header.size) ?? []
        try stream.skip(TarHeader.padded(header.size) - header.size)
        if header.type == UInt8(ascii: "x") {
          try notes.read(content, archive: file.path)
        } else {
          notes.name = Array(content.prefix { $0 != 0 })
        }
      case UInt8(ascii: "g"):
        // What counts for all entries: comments and times, as git writes them.
        guard header.size <= longestNote else {
          throw .unsafeArchive(file.path, "an extended header in it has \(header.size) bytes")
        }
        try stream.skip(TarHeader.padded(header.size))
      default:
        let size = notes.size ?? header.size
        try check(growth: stream.position, size, file, limits)
        let entry = try entry(header, notes, at: stream.position, file.path)
        notes = TarNotes()
        if let entry {
          try body(entry, stream)
        } else {
          try stream.skip(size)
        }
        try stream.skip(TarHeader.padded(size) - size)
      }
    }
    throw stream.damaged("it ends early")
  }

  /// Stops a small file that unpacks to a large one, before it has done so.
  private static func check(
    growth position: Int, _ size: Int, _ file: FileReader, _ limits: ArchiveLimits
  ) throws(NNXError) {
    let total = position + size
    guard total <= limits.unpackedBytes + limits.alwaysFine else {
      throw .unsafeArchive(file.path, "it would unpack to more than \(limits.unpackedBytes) bytes")
    }
    guard total <= limits.alwaysFine || total / limits.totalRatio <= file.count else {
      throw .unsafeArchive(file.path, "\(file.count) bytes would unpack to \(total)")
    }
  }

  /// The entry that a header names; `nil` for the archive's own folder, `./`.
  private static func entry(
    _ header: TarHeader, _ notes: TarNotes, at position: Int, _ archive: String
  ) throws(NNXError) -> ArchiveEntry? {
    var name = notes.name ?? header.name
    if name.starts(with: "./".utf8) { name.removeFirst(2) }
    let isFolder = header.type == UInt8(ascii: "5")
    if isFolder, name.isEmpty || name == [UInt8(ascii: ".")] { return nil }
    if isFolder, name.last != UInt8(ascii: "/") { name.append(UInt8(ascii: "/")) }
    let path = try EntryPath.check(name, archive: archive)
    func refuse(_ reason: String) -> NNXError {
      .unsafeArchive(archive, "the entry '\(path)' \(reason)")
    }
    switch header.type {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
      guard !path.hasSuffix("/") else { throw refuse("is a file with the name of a folder") }
    case UInt8(ascii: "5"):
      guard (notes.size ?? header.size) == 0 else { throw refuse("is a folder with contents") }
    case UInt8(ascii: "1"): throw refuse("is a hard link")
    case UInt8(ascii: "2"): throw refuse("is a symbolic link")
    default: throw refuse("is neither a file nor a folder")
    }
    let size = notes.size ?? header.size
    return ArchiveEntry(
      path: path, isFolder: isFolder, size: size, compressedSize: size, method: 0, crc32: 0,
      headerOffset: position - TarHeader.blockSize, dataOffset: position)
  }

  /// Behind the last entry come zeros and nothing else.
  private static func end(_ stream: TarStream) throws(NNXError) {
    var count = 0
    while count < longestEnd {
      var isZero = true
      let got = try stream.forEachPiece(of: 1 << 16) { (piece) throws(NNXError) in
        isZero = isZero && (0..<piece.byteCount).allSatisfy { piece.byte(at: $0) == 0 }
      }
      guard isZero else { throw NNXError.unsafeArchive(stream.path, "it has bytes behind its end") }
      if got < 1 << 16 { return }
      count += got
    }
    throw .unsafeArchive(stream.path, "it does not end")
  }
}
