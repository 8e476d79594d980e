import NNXSystem
import NNXTensor

/// Writes one array to an `.npz` file as `numpy.savez_compressed` does, piece by piece.
///
/// Sources: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version 1.0) and
/// PKWARE's APPNOTE.TXT 6.3 (zip; zip64 for arrays of 4 GB and more).
package final class NPZWriter {
  package enum Element: String, Sendable {
    case float32 = "<f4"
    /// For nnU-Net v1, whose probabilities are stored so.
    case float16 = "<f2"

    var size: Int { self == .float32 ? 4 : 2 }
  }

  private let file: AtomicFile
  private let deflater: BlockDeflater
  private let name: [UInt8]
  private let element: Element
  private let isLarge: Bool
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
    isLarge = zip64 ?? (size > 0xF000_0000)
    name = Array("\(key).npy".utf8)
    self.element = element
    expectedCount = shape.reduce(1, *)
    let fastest: Int32 = 1
    deflater = BlockDeflater(file, level: fastest, threads: threads)
    try file.write(localHeader)
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
      try unsafe values.withUnsafeBytes { (bytes) throws(NNXError) in
        try unsafe deflater.write(bytes)
      }
    case .float16:
      let halves = values.indices.map { Float16(values[$0]) }
      try unsafe halves.withUnsafeBufferPointer { (buffer) throws(NNXError) in
        try unsafe deflater.write(UnsafeRawBufferPointer(buffer))
      }
    }
  }

  /// Ends the file and makes it visible.
  ///
  /// - Throws: `no-space`, `cannot-write`, `unreadable`.
  package func finish() throws(NNXError) {
    precondition(count == expectedCount, "\(count) values of \(expectedCount)")
    try deflater.finish()
    try file.write(littleEndian(UInt32(0x0807_4B50)) + checksum + sizes)
    let directoryStart = file.count
    try file.write(directory)
    try file.write(end(directoryStart, file.count - directoryStart))
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

  /// What the local header and the directory share: versions and flags aside, up to the checksum.
  private var method: [UInt8] {
    let version: UInt16 = isLarge ? 45 : 20
    let sizesFollowData: UInt16 = 1 << 3
    let deflate: UInt16 = 8
    let midnight: UInt16 = 0
    let firstOfJanuary1980: UInt16 = 1 << 5 | 1
    return [version, sizesFollowData, deflate, midnight, firstOfJanuary1980].flatMap(littleEndian)
  }

  private var checksum: [UInt8] { littleEndian(UInt32(deflater.checksum)) }

  /// Sizes after and before compression.
  private var sizes: [UInt8] {
    isLarge
      ? littleEndian(UInt64(deflater.compressedCount)) + littleEndian(UInt64(deflater.count))
      : littleEndian(UInt32(deflater.compressedCount)) + littleEndian(UInt32(deflater.count))
  }

  private static let inExtraField: [UInt8] = [255, 255, 255, 255]

  private var localHeader: [UInt8] {
    let extra =
      isLarge
      ? littleEndian(UInt16(1)) + littleEndian(UInt16(16)) + .init(repeating: 0, count: 16)
      : []
    let unknownSizes =
      isLarge ? NPZWriter.inExtraField + NPZWriter.inExtraField : .init(repeating: 0, count: 8)
    return littleEndian(UInt32(0x0403_4B50)) + method + [0, 0, 0, 0] + unknownSizes
      + littleEndian(UInt16(name.count)) + littleEndian(UInt16(extra.count)) + name + extra
  }

  private var directory: [UInt8] {
    let extra =
      isLarge
      ? littleEndian(UInt16(1)) + littleEndian(UInt16(16)) + littleEndian(UInt64(deflater.count))
        + littleEndian(UInt64(deflater.compressedCount))
      : []
    let ownSizes = isLarge ? NPZWriter.inExtraField + NPZWriter.inExtraField : sizes
    let madeBy: UInt16 = 45
    let noCommentNoDiskNoAttributes = [UInt8](repeating: 0, count: 10)
    let startOfLocalHeader: UInt32 = 0
    return littleEndian(UInt32(0x0201_4B50)) + littleEndian(madeBy) + method + checksum + ownSizes
      + littleEndian(UInt16(name.count)) + littleEndian(UInt16(extra.count))
      + noCommentNoDiskNoAttributes + littleEndian(startOfLocalHeader) + name + extra
  }

  private func end(_ start: Int, _ size: Int) -> [UInt8] {
    let one: UInt16 = 1
    let noDisks: [UInt8] = [0, 0, 0, 0]
    var bytes: [UInt8] = []
    if isLarge {
      let position = UInt64(start + size)
      bytes += littleEndian(UInt32(0x0606_4B50)) + littleEndian(UInt64(44))
      bytes += littleEndian(UInt16(45)) + littleEndian(UInt16(45)) + noDisks + noDisks
      bytes += littleEndian(UInt64(1)) + littleEndian(UInt64(1))
      bytes += littleEndian(UInt64(size)) + littleEndian(UInt64(start))
      bytes += littleEndian(UInt32(0x0706_4B50)) + noDisks + littleEndian(position)
      bytes += littleEndian(UInt32(1))
    }
    bytes += littleEndian(UInt32(0x0605_4B50)) + noDisks + littleEndian(one) + littleEndian(one)
    bytes += littleEndian(UInt32(size))
    bytes += isLarge ? NPZWriter.inExtraField : littleEndian(UInt32(start))
    return bytes + [0, 0]
  }
}
