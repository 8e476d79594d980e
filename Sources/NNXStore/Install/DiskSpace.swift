import NNXSystem

/// Whether there is room, asked before anything is written.
enum DiskSpace {
  /// - Parameters:
  ///   - bytes: about to be written.
  ///   - folder: existing, on the file system that will hold them.
  /// - Throws: `no-space` with both numbers.
  static func require(_ bytes: Int, at folder: String) throws(NNXError) {
    let free = try Folder.freeSpace(at: folder)
    guard bytes <= free else {
      throw NNXError(
        .noSpace, "\(gigabytes(bytes)) needed in \(folder), \(gigabytes(free)) are free",
        details: ["Nothing was installed."],
        fixes: [
          "Free some space, or keep models elsewhere: export NNX_HOME=/big/disk/nnx"
        ])
    }
  }

  private static func gigabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000_000) / 100_000_000
    if tenths > 0 { return "\(tenths / 10).\(tenths % 10) GB" }
    return bytes >= 100_000 ? "\((bytes + 50_000) / 1_000_000) MB" : "\(bytes) bytes"
  }
}
