import NNXArchive
import NNXSystem

/// A zip file or tar archive that is unpacked without trust.
///
/// All entries are checked before a single byte is unpacked (`ZipDirectory`, `TarArchive`); what
/// unpacks believes nothing else (`ZipMember`). nnx opens the output files itself, always new ones, inside a folder
/// that was empty.
package struct Archive {
  /// One file that was unpacked.
  package struct UnpackedFile: Sendable, Equatable {
    /// Relative to the folder.
    package var path: String
    /// Bytes.
    package var size: Int
    package var sha256: String
  }

  /// The archive itself, which may lie on a host.
  package let source: any RandomAccess
  /// In the order of the archive.
  package let allEntries: [ArchiveEntry]
  private let tar: TarArchive?

  /// Opens and checks an archive; its first bytes tell the kind.
  ///
  /// - Throws: `file-not-found`, `not-a-zip`, `unsafe-archive`.
  package init(_ path: String, limits: ArchiveLimits = .init()) throws(NNXError) {
    try self.init(FileReader(path), limits: limits)
  }

  package init(
    _ source: any RandomAccess, limits: ArchiveLimits = .init()
  ) throws(NNXError) {
    self.source = source
    if let file = source as? FileReader, try TarStream.isOne(file) {
      let tar = try TarArchive(file, limits: limits)
      allEntries = tar.entries
      self.tar = tar
    } else {
      allEntries = try ZipDirectory(of: source, .modelArchive(limits)).entries
      tar = nil
    }
  }

  /// Entries that a Mac adds to every archive and no one needs.
  static func isLitter(_ path: String) -> Bool {
    let name = lastComponent(path)
    return path.hasPrefix("__MACOSX/") || name == ".DS_Store" || name.hasPrefix("._")
  }

  /// The entries that can be unpacked, in the order of the archive.
  package var entries: [ArchiveEntry] { allEntries.filter { !Archive.isLitter($0.path) } }

  /// Unpacks the files into `folder`, which must be new: no file there is ever replaced.
  ///
  /// Several at a time, hashed while they are written; `NewFile` says when they are on the disk.
  ///
  /// - Parameters:
  ///   - wanted: which paths to unpack; all, unless given.
  ///   - progress: told about bytes, at most once per megabyte.
  /// - Returns: the files in the archive's order.
  /// - Throws: `unsafe-archive`, `corrupt-archive`, `no-space` (before anything is written, when the
  ///   disk is known to be too small), `cannot-write`, `unreadable`.
  package func unpack(
    into folder: String, where wanted: (String) -> Bool = { _ in true },
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> [UnpackedFile] {
    let entries = entries.filter { wanted($0.path) }
    let files = entries.filter { !$0.isFolder }
    let total = files.reduce(0) { $0 + $1.size }
    try DiskSpace.require(total, at: folder)
    for entry in entries {
      try Folder.create(
        entry.isFolder
          ? "\(folder)/\(entry.path.dropLast())" : parentFolder("\(folder)/\(entry.path)"))
    }
    let counter = SharedCounter(
      ByteCounter(.unpack, lastComponent(source.path), total: total, progress))
    if let tar { return try unpack(tar, wanted, into: folder, counter) }
    try source.prepare(files.map(\.extent))
    let digests = Shared<[String?]>(Array(repeating: nil, count: files.count))
    // The largest first: they decide how long it takes.
    let order = files.indices.sorted { files[$0].size > files[$1].size }
    try Parallel.forEach(order.count) { (position) throws(NNXError) in
      let index = order[position]
      let output = try NewFile("\(folder)/\(files[index].path)")
      try ZipMember(files[index], of: source).forEachPiece { (piece) throws(NNXError) in
        try output.write(piece)
        counter.add(piece.byteCount)
      }
      let digest = try output.close()
      digests.change { $0[index] = digest }
    }
    counter.finish()
    return zip(files, digests.value).map { file, digest in
      UnpackedFile(path: file.path, size: file.size, sha256: digest ?? "")
    }
  }

  /// One file after the other, as they lie in the archive.
  private func unpack(
    _ tar: TarArchive, _ wanted: (String) -> Bool, into folder: String, _ counter: SharedCounter
  ) throws(NNXError) -> [UnpackedFile] {
    var files: [UnpackedFile] = []
    func isWanted(_ entry: ArchiveEntry) -> Bool {
      !Archive.isLitter(entry.path) && wanted(entry.path)
    }
    try tar.unpack(where: isWanted) { (entry, stream) throws(NNXError) in
      let output = try NewFile("\(folder)/\(entry.path)")
      let got = try stream.forEachPiece(of: entry.size) { (piece) throws(NNXError) in
        try output.write(piece)
        counter.add(piece.byteCount)
      }
      guard got == entry.size else { throw stream.damaged("it ends early") }
      files.append(
        UnpackedFile(path: entry.path, size: entry.size, sha256: try output.close()))
    }
    counter.finish()
    return files
  }
}
