import NNXImage
import NNXSystem
import NNXTensor
import Synchronization

/// Writes the images that a recipe prepares for its networks, for Scripts/publisher-cases: `1-NAME.npy`, float32,
/// `(z, y, x)`.
final class PreparedFiles: Sendable {
  private let folder: String
  private let count = Atomic(0)

  /// - Throws: `cannot-write`.
  init(_ folder: String) throws(NNXError) {
    self.folder = folder
    try Folder.create(folder)
  }

  func write(_ step: String, _ image: Image) throws {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    let file = try AtomicFile("\(folder)/\(number)-\(step).npy")
    try file.write(Self.header(image.voxels.shape))
    try file.write(image.voxels.values.flatMap { littleEndian($0.bitPattern) })
    try file.commit()
  }

  /// NumPy's format 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
  private static func header(_ shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
    // Voxels begin at a multiple of 64.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Array(text.utf8)
  }

  private func littleEndian(_ bits: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
  }
}
