import CNIfTI
import NNXArchive
import NNXSystem
import NNXTensor

extension LabelMap {
  /// How label maps are packed.
  private var packing: Deflate.Method { .runs(element: size, row: size * shape[2]) }

  /// A copy of all labels as bytes, `UInt16` least byte first.
  var bytes: [UInt8] { unsafe Array(UnsafeRawBufferPointer(start: base, count: count * size)) }

  /// Hands out all labels as bytes, part by part: `UInt8`, or `UInt16` in this machine's byte order
  /// (little-endian) or the other.
  func forEachPart(
    isSwapped: Bool = false, _ body: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) {
    let all = unsafe UnsafeRawBufferPointer(start: base, count: count * size)
    guard isSwapped && isWide else { return try body(unsafe all.bytes) }
    let length = 1 << 20
    for start in stride(from: 0, to: all.count, by: length) {
      var part = unsafe [UInt8](all[start..<min(start + length, all.count)])
      unsafe part.withUnsafeMutableBytes {
        unsafe nnx_nifti_swap_values(Int64($0.count / 2), 2, $0.baseAddress)
      }
      try part.withRawSpan(body)
    }
  }

  /// Appends bytes and all labels to a file as one gzip member (RFC 1952); the same bytes every time.
  ///
  /// - Parameters:
  ///   - header: what comes before the labels, packed with them.
  ///   - comment: as `packGzip` takes it.
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func writeGzip(
    _ header: [UInt8], to file: AtomicFile, isSwapped: Bool = false, threads: Threads,
    comment: String? = nil
  ) throws(NNXError) {
    try packGzip(
      header, to: file, packing, threads: threads, comment: comment
    ) { (write) throws(NNXError) in try forEachPart(isSwapped: isSwapped, write) }
  }

  /// All labels as one zlib stream (RFC 1950), in pieces; the same bytes every time.
  func zlibStream(threads: Threads) throws(NNXError) -> [[UInt8]] {
    try packZlib(packing, threads: threads) {
      (write) throws(NNXError) in try forEachPart(isSwapped: false, write)
    }
  }
}

/// The bytes of a number, least first.
func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  stride(from: 0, to: Value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
}
