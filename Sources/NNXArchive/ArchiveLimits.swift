import NNXSystem

/// How much an archive may hold before it counts as an attack.
package struct ArchiveLimits: Sendable {
  package var entries = 10_000
  /// Bytes of the central directory.
  var directoryBytes = 16 << 20
  /// Bytes of all files once unpacked.
  var unpackedBytes = 64 << 30
  /// Unpacked bytes per packed byte of one entry; deflate cannot do better than 1032.
  var entryRatio = 1032
  /// Unpacked bytes of all entries per byte of the archive, beyond `alwaysFine`. Trained weights
  /// hardly compress: 1.1 is usual.
  var totalRatio = 100
  /// Bytes that are no danger, however well they were packed.
  var alwaysFine = 16 << 20

  package init() {}

  /// For the containers of torch and NumPy, which have a member for each array.
  package static var container: ArchiveLimits {
    var limits = ArchiveLimits()
    (limits.entries, limits.directoryBytes) = (1_000_000, .max)
    return limits
  }

  /// - Throws: `unsafe-archive`.
  func check(
    _ entries: [ArchiveEntry], archiveSize: Int, _ path: String
  ) throws(NNXError) {
    var total = 0
    var seen: [String: String] = [:]
    var folders: Set<String> = []
    for entry in entries {
      let folded = EntryPath.folded(entry.path)
      if let other = seen.updateValue(entry.path, forKey: folded) {
        throw .unsafeArchive(
          path,
          other == entry.path
            ? "the entry '\(entry.path)' occurs twice"
            : "the entries '\(other)' and '\(entry.path)' differ in case only")
      }
      if entry.isFolder { folders.insert(folded) }
      // 64 bytes of grace: an empty deflate stream of a tiny file is all overhead.
      guard entry.size <= 64 + entry.compressedSize * entryRatio else {
        throw .unsafeArchive(
          path,
          "the entry '\(entry.path)' would grow from \(entry.compressedSize) to \(entry.size) bytes"
        )
      }
      guard entry.size <= unpackedBytes, total <= unpackedBytes - entry.size else {
        throw .unsafeArchive(path, "it would unpack to more than \(unpackedBytes) bytes")
      }
      total += entry.size
    }
    // A file that serves as another entry's folder.
    for entry in entries {
      var parent = EntryPath.folded(entry.path)
      while let slash = parent.lastIndex(of: "/") {
        parent = String(parent[..<slash])
        guard seen[parent] == nil || folders.contains(parent) else {
          throw .unsafeArchive(path, "the entry '\(seen[parent]!)' is a file and a folder")
        }
      }
    }
    guard total <= alwaysFine || total / totalRatio <= archiveSize else {
      throw .unsafeArchive(path, "\(archiveSize) bytes would unpack to \(total)")
    }
  }
}
