import NNXSystem
import NNXTensor

extension NRRDFile {
  /// Writes labels to one file, packed with gzip; the same bytes every time.
  ///
  /// - Parameters:
  ///   - table: what the labels stand for; may be empty.
  ///   - header: whose place in the patient the file repeats.
  ///   - path: appears only when the file is complete.
  ///   - description: a comment in the header.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  static func write(
    _ labels: LabelMap, _ table: LabelTable, _ header: NRRDHeader, to path: String,
    description: String, threads: Threads
  ) throws(NNXError) {
    let file = try AtomicFile(path, isSealed: ImageMark.isSealed(description))
    try file.write(header.bytesForLabels(labels, table, description: description))
    try labels.writeGzip([], to: file, threads: threads)
    try file.commit()
  }
}
