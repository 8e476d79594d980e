import NNXArchive
import NNXSystem
import NNXTensor

/// Writes one array to an `.npz` file as `numpy.savez_compressed` does, piece by piece.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version 1.0); zip64 for
/// arrays of 4 GB and more.
package final class NPZWriter {
  package enum Element: String, Sendable {
    case float32 = "<f4"
    /// For nnU-Net v1, whose probabilities are stored so.
    case float16 = "<f2"

    var size: Int { self == .float32 ? 4 : 2 }
  }

  private let file: AtomicFile
  private let deflater: BlockDeflater
  private var record: ZipRecord
  private let element: Element
  private let expectedCount: Int
  private var count = 0

  /// - Parameters:
  ///   - path: appears only when the file is complete.
  ///   - key: the array's name, such as `probabilities`.
  ///   - shape: slowest axis first, as in `(c, z, y, x)`.
  ///   - zip64: whether sizes have 8 bytes; by default only if they need them.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  package init(
    _ path: String, key: String, shape: [Int], _ element: Element = .float32, zip64: Bool? = nil,
    threads: Threads = .all
  ) throws(NNXError) {
    let header = NPZWriter.arrayHeader(shape, element)
    let size = header.count + shape.reduce(1, *) * element.size
    file = try AtomicFile(path)
    // Deflate makes data that cannot be packed a little larger.
    record = ZipRecord(
      "\(key).npy", method: 8, flags: ZipRecord.numbersFollow,
      isLarge: zip64 ?? (size > 0xF000_0000), madeBy: 45)
    self.element = element
    expectedCount = shape.reduce(1, *)
    let fastest = Deflate.Method.zlib(level: 1)
    deflater = BlockDeflater(file, fastest, threads: threads)
    try file.write(record.localHeader)
    try deflater.write(header)
  }

  /// Appends values in C order.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  package func write(_ values: Span<Float>) throws(NNXError) {
    count += values.count
    precondition(count <= expectedCount, "more values than the shape has")
    switch element {
    case .float32:
      try values.withRawSpan { (bytes) throws(NNXError) in try deflater.write(bytes) }
    case .float16:
      let halves = values.indices.map { Float16(values[$0]) }
      try halves.span.withRawSpan { (bytes) throws(NNXError) in try deflater.write(bytes) }
    }
  }

  /// Ends the file and makes it visible.
  ///
  /// - Throws: `no-space`, `cannot-write`, `unreadable`.
  package func finish() throws(NNXError) {
    precondition(count == expectedCount, "\(count) values of \(expectedCount)")
    try deflater.finish()
    (record.size, record.compressedSize) = (deflater.count, deflater.compressedCount)
    record.crc32 = UInt32(deflater.checksum)
    try file.write(record.descriptor)
    let start = file.count
    try file.write(record.centralHeader)
    try file.write(
      ZipRecord.end(
        entries: 1, start: start, size: file.count - start, isLarge: record.isLarge,
        isFar: record.isLarge))
    try file.commit()
  }

  /// The header of an `.npy` file, padded so that the data begins at a multiple of 64 bytes.
  private static func arrayHeader(_ shape: [Int], _ element: Element) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text =
      "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
    let prefixLength = 10
    let padding = 63 - (prefixLength + text.utf8.count) % 64
    let line = Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian(UInt16(line.count)) + line
  }
}
