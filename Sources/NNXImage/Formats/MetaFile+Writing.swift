import NNXSystem
import NNXTensor

extension MetaFile {
  /// Writes labels to one file, packed; the same bytes every time.
  ///
  /// - Parameters:
  ///   - header: whose place in the patient the file repeats.
  ///   - path: appears only when the file is complete.
  ///   - description: the header's `Comment`.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  static func write(
    _ labels: LabelMap, _ header: MetaHeader, to path: String, description: String,
    threads: Threads
  ) throws(NNXError) {
    let file = try AtomicFile(path, isSealed: ImageMark.isSealed(description))
    // The header tells the size of what follows it.
    let pieces = try labels.zlibStream(threads: threads)
    try file.write(
      header.bytesForLabels(
        isWide: labels.isWide, description: description,
        packedSize: pieces.reduce(0) { $0 + $1.count }))
    for piece in pieces { try file.write(piece) }
    try file.commit()
  }
}
