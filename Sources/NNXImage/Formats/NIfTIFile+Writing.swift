import CNIfTI
import NNXSystem
import NNXTensor

extension NIfTIFile {
  /// Label maps are long runs of few values: higher levels of zlib take longer and save little.
  private static let compressionLevel: Int32 = 3

  /// Writes a segmentation, packed if the name ends in `.gz`; the same bytes every time.
  ///
  /// - Parameters:
  ///   - path: appears only when the file is complete.
  ///   - description: for the header's `descrip`.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  static func write(
    _ segmentation: Segmentation, to path: String, description: String, threads: Threads
  ) throws(NNXError) {
    let labels = segmentation.labels
    let header = segmentation.header.bytesForLabels(
      isWide: labels.isWide, description: description)
    let file = try AtomicFile(path)
    if path.lowercased().hasSuffix(".gz") {
      // RFC 1952: deflate, no name, time 0, no extra flags, unknown system.
      try file.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
      let deflater = BlockDeflater(file, level: compressionLevel, threads: threads)
      try deflater.write(header)
      try unsafe write(labels, isSwapped: segmentation.header.isSwapped) {
        (part) throws(NNXError) in
        try unsafe deflater.write(part)
      }
      try deflater.finish()
      try file.write(littleEndian(UInt32(deflater.checksum)))
      try file.write(littleEndian(UInt32(truncatingIfNeeded: deflater.count)))
    } else {
      try file.write(header)
      try unsafe write(labels, isSwapped: segmentation.header.isSwapped) {
        (part) throws(NNXError) in
        try unsafe file.write(part)
      }
    }
    try file.commit()
  }

  /// Hands out all labels as bytes of the file, part by part.
  private static func write(
    _ labels: LabelMap, isSwapped: Bool,
    to body: (UnsafeRawBufferPointer) throws(NNXError) -> Void
  ) throws(NNXError) {
    let all = unsafe UnsafeRawBufferPointer(start: labels.base, count: labels.count * labels.size)
    guard isSwapped && labels.isWide else { return try unsafe body(all) }
    let length = 1 << 20
    for start in stride(from: 0, to: all.count, by: length) {
      var part = unsafe [UInt8](all[start..<min(start + length, all.count)])
      unsafe part.withUnsafeMutableBytes {
        unsafe nnx_nifti_swap_values(Int64($0.count / 2), 2, $0.baseAddress)
      }
      try unsafe part.withUnsafeBufferPointer { (buffer) throws(NNXError) in
        try unsafe body(UnsafeRawBufferPointer(buffer))
      }
    }
  }
}

/// The bytes of a number, least first.
func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  stride(from: 0, to: Value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
}
