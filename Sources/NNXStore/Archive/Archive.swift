import CArchive
import Glibc
import NNXSystem

/// A zip file that is unpacked without trust.
///
/// The directory is checked before a single byte is unpacked (`ZipDirectory`). libarchive then inflates,
/// with the zip reader only; whatever it says other than "all well" ends the work. nnx opens the
/// output files itself, always new ones, inside a folder that was empty.
package struct Archive {
  /// One file that was unpacked.
  package struct UnpackedFile: Sendable, Equatable {
    /// Relative to the folder.
    package var path: String
    /// Bytes.
    package var size: Int
    package var sha256: String
  }

  package let file: FileReader
  package let directory: ZipDirectory

  /// Opens and checks a zip file.
  ///
  /// - Throws: `file-not-found`, `not-a-zip`, `unsafe-archive`.
  package init(_ path: String, limits: ArchiveLimits = .init()) throws(NNXError) {
    try self.init(FileReader(path), limits: limits)
  }

  package init(_ file: FileReader, limits: ArchiveLimits = .init()) throws(NNXError) {
    self.file = file
    directory = try ZipDirectory(of: file, limits: limits)
  }

  /// Entries that a Mac adds to every archive and no one needs.
  static func isLitter(_ path: String) -> Bool {
    path.hasPrefix("__MACOSX/") || path == ".DS_Store" || path.hasSuffix("/.DS_Store")
  }

  /// Unpacks the files into `folder`, which must be new: no file there is ever replaced.
  ///
  /// - Parameters:
  ///   - wanted: which paths to unpack; all, unless given.
  ///   - progress: told about bytes, at most once per megabyte.
  /// - Returns: the files in the archive's order, hashed while they were written.
  /// - Throws: `unsafe-archive`, `corrupt-archive`, `no-space` (before anything is written, when the
  ///   disk is known to be too small), `cannot-write`, `unreadable`.
  package func unpack(
    into folder: String, where wanted: (String) -> Bool = { _ in true },
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> [UnpackedFile] {
    var pending: [String: ZipDirectory.Entry] = [:]
    for entry in directory.entries where !Archive.isLitter(entry.path) && wanted(entry.path) {
      pending[entry.path] = entry
    }
    let total = pending.values.reduce(0) { $0 + $1.size }
    try DiskSpace.require(total, at: folder)

    let reader = try ZipReader(file)
    var counter = ByteCounter(.unpack, lastComponent(file.path), total: total, progress)
    var unpacked: [UnpackedFile] = []
    while let header = try reader.next() {
      guard let entry = pending[header.path] else {
        guard directory.entries.contains(where: { $0.path == header.path }) else {
          throw .unsafeArchive(file.path, "the entry '\(header.path)' is not in its directory")
        }
        continue
      }
      pending[header.path] = nil
      guard header.isFolder == entry.isFolder, header.isFolder || header.isFile else {
        throw .unsafeArchive(file.path, "the entry '\(entry.path)' is neither a file nor a folder")
      }
      if entry.isFolder {
        try Folder.create("\(folder)/\(entry.path.dropLast())")
      } else {
        unpacked.append(try write(entry, from: reader, into: folder, &counter))
      }
    }
    guard pending.isEmpty else {
      throw .corruptArchive(file.path, "the entry '\(pending.keys.min()!)' could not be found")
    }
    counter.finish()
    return unpacked
  }

  private func write(
    _ entry: ZipDirectory.Entry, from reader: ZipReader, into folder: String,
    _ counter: inout ByteCounter
  ) throws(NNXError) -> UnpackedFile {
    let path = "\(folder)/\(entry.path)"
    try Folder.create(parentFolder(path))
    let output = try NewFile(path)
    let digest = Digest(.sha256)
    var count = 0
    while let block = try unsafe reader.block() {
      guard unsafe block.offset == count, unsafe block.bytes.count <= entry.size - count else {
        throw .corruptArchive(
          file.path, "the entry '\(entry.path)' is longer than the \(entry.size) bytes it states")
      }
      try unsafe output.write(block.bytes)
      unsafe digest.update(block.bytes)
      count += unsafe block.bytes.count
      unsafe counter.add(block.bytes.count)
    }
    guard count == entry.size else {
      throw .corruptArchive(
        file.path, "the entry '\(entry.path)' ends after \(count) of \(entry.size) bytes")
    }
    try output.finish()
    return UnpackedFile(path: entry.path, size: count, sha256: digest.finish())
  }
}

/// The one user of libarchive: its zip reader over a file, with every warning taken as an error.
@safe private final class ZipReader {
  struct Header {
    var path: String
    var isFile: Bool
    var isFolder: Bool
  }

  @unsafe struct Block {
    var bytes: UnsafeRawBufferPointer
    var offset: Int
  }

  private let file: FileReader
  private let archive: OpaquePointer
  /// UTF-8 for this thread while libarchive runs: in the C locale it cannot spell other names.
  private let locale: locale_t?
  private let previousLocale: locale_t?

  init(_ file: FileReader) throws(NNXError) {
    guard let archive = unsafe archive_read_new() else { fatalError("out of memory") }
    unsafe self.archive = archive
    self.file = file
    unsafe locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
    unsafe previousLocale = unsafe locale == nil ? nil : uselocale(locale)
    try check(unsafe archive_read_support_format_zip_seekable(archive))
    guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw .system("cannot read", file.path) }
    try check(unsafe archive_read_open_fd(archive, file.descriptor, 1 << 18))
  }

  deinit {
    unsafe archive_read_free(archive)
    if let previousLocale = unsafe previousLocale { unsafe uselocale(previousLocale) }
    if let locale = unsafe locale { unsafe freelocale(locale) }
  }

  private func check(_ code: Int32) throws(NNXError) {
    guard code == ARCHIVE_OK else {
      var reason = "code \(code)"
      if let text = unsafe archive_error_string(archive) { reason = unsafe String(cString: text) }
      throw .corruptArchive(file.path, reason)
    }
  }

  /// The next entry; `nil` at the end.
  func next() throws(NNXError) -> Header? {
    var entry: OpaquePointer?
    let code = unsafe archive_read_next_header(archive, &entry)
    if code == ARCHIVE_EOF { return nil }
    try check(code)
    guard let name = unsafe archive_entry_pathname(entry) else {
      throw .corruptArchive(file.path, "an entry has no name")
    }
    let type = unsafe archive_entry_filetype(entry)
    let isPlain = unsafe archive_entry_hardlink(entry) == nil && archive_entry_symlink(entry) == nil
    return Header(
      path: unsafe String(cString: name), isFile: type == S_IFREG && isPlain,
      isFolder: type == S_IFDIR && isPlain)
  }

  /// The next piece of the current entry, valid until the next call; `nil` once it is complete and its
  /// checksum is right.
  func block() throws(NNXError) -> Block? {
    var start: UnsafeRawPointer?
    var count = 0
    var offset: la_int64_t = 0
    let code = unsafe archive_read_data_block(archive, &start, &count, &offset)
    if code == ARCHIVE_EOF { return nil }
    try check(code)
    return unsafe Block(
      bytes: UnsafeRawBufferPointer(start: start, count: count), offset: Int(offset))
  }
}
