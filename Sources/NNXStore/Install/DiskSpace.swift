import NNXSystem

/// Whether there is room, asked before anything is written.
enum DiskSpace {
  /// - Parameters:
  ///   - bytes: about to be written.
  ///   - folder: existing, on the file system that will hold them.
  ///   - prunable: bytes that `nnx cache prune` would free; asked only when there is too little.
  /// - Throws: `no-space` with both numbers.
  static func require(
    _ bytes: Int, at folder: String, prunable: () -> Int = { 0 }
  ) throws(NNXError) {
    let free = try Folder.freeSpace(at: folder)
    guard bytes <= free else {
      let freed = prunable()
      let prune = "nnx cache prune would free \(gigabytes(freed)) (old archives and leftovers)"
      throw NNXError(
        .noSpace, "\(gigabytes(bytes)) needed in \(folder), \(gigabytes(free)) are free",
        details: ["Nothing was installed."],
        fixes: (freed > 0 ? [prune] : [])
          + [
            "\(freed > 0 ? "Or keep" : "Free some space, or keep") models elsewhere: "
              + "export NNX_HOME=/big/disk/nnx"
          ])
    }
  }

  private static func gigabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000_000) / 100_000_000
    if tenths > 0 { return "\(tenths / 10).\(tenths % 10) GB" }
    return bytes >= 100_000 ? "\((bytes + 50_000) / 1_000_000) MB" : "\(bytes) bytes"
  }
}
