import NNXSystem
import NNXTensor

extension NIfTIFile {
  /// Writes labels, packed if the name ends in `.gz`; the same bytes every time.
  ///
  /// - Parameters:
  ///   - header: whose place in the patient, version and byte order the file repeats.
  ///   - path: appears only when the file is complete.
  ///   - table: what the labels stand for, for an extension.
  ///   - description: for the header's `descrip`.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  static func write(
    _ labels: LabelMap, _ table: LabelTable, _ header: NIfTIHeader, to path: String,
    description: String, threads: Threads
  ) throws(NNXError) {
    try write(
      labels,
      after: header.bytesForLabels(isWide: labels.isWide, description: description, table: table),
      header, to: path, threads: threads, comment: ImageMark.comment(description))
  }

  /// - Parameters:
  ///   - bytes: all before the first label.
  ///   - comment: as `packGzip` takes it.
  static func write(
    _ labels: LabelMap, after bytes: [UInt8], _ header: NIfTIHeader, to path: String,
    threads: Threads, comment: String? = nil
  ) throws(NNXError) {
    let file = try AtomicFile(path, isSealed: comment != nil)
    if path.lowercased().hasSuffix(".gz") {
      try labels.writeGzip(
        bytes, to: file, isSwapped: header.isSwapped, threads: threads, comment: comment)
    } else {
      try file.write(bytes)
      try labels.forEachPart(isSwapped: header.isSwapped) { (part) throws(NNXError) in
        try file.write(part)
      }
    }
    try file.commit()
  }
}
