import NNXSystem

/// The header of a GIPL file: 256 bytes, most significant byte first.
///
/// Source: itkGiplImageIO.cxx of ITK 5.4; offsets in bytes. GIPL knows no direction: ITK ignores the
/// `matrix` of the header, and so does nnx.
package struct GIPLHeader: Equatable, Sendable {
  static let size = 256
  /// At 252: of the format's authors, and of ITK.
  private static let magics: Set<UInt32> = [719_555_000, 4_026_526_128]

  /// The header as it lies in the file.
  let bytes: [UInt8]

  /// At 0: extents, x first; the fourth counts volumes.
  var extents: [Int] { (0..<4).map { Int(number(2 * $0, as: UInt16.self)) } }
  /// At 8: `image_type`.
  var type: Int { Int(number(8, as: UInt16.self)) }
  /// At 10: spacing in mm, x first.
  var spacing: [Double] {
    (0..<3).map { Double(Float(bitPattern: number(10 + 4 * $0, as: UInt32.self))) }
  }
  /// At 204: of the first voxel, in mm.
  var origin: [Double] {
    (0..<3).map { Double(bitPattern: number(204 + 8 * $0, as: UInt64.self)) }
  }

  private func number<Value: FixedWidthInteger>(_ offset: Int, as _: Value.Type) -> Value {
    bytes[offset..<offset + Value.bitWidth / 8].reduce(0) { $0 << 8 | Value($1) }
  }
}

extension GIPLHeader {
  /// - Throws: `broken-image` when it is no such header.
  init(_ bytes: [UInt8], path: String) throws(NNXError) {
    precondition(bytes.count == GIPLHeader.size)
    self.bytes = bytes
    guard GIPLHeader.magics.contains(number(252, as: UInt32.self)) else {
      throw FileContents.mismatch(path, bytes, expected: .gipl)
    }
  }

  /// - Throws: `broken-image` for extents or spacings that cannot be; `unsupported-image` for several
  ///   volumes.
  func geometry(path: String) throws(NNXError) -> Geometry {
    let extents = extents
    guard extents[3] <= 1 else {
      throw NNXError(
        .unsupportedImage, "\(path) holds \(extents[3]) volumes",
        fixes: ["Write each volume to a file of its own"])
    }
    guard extents.prefix(3).allSatisfy({ $0 > 0 }) else {
      throw .badHeader(path, "its extents are \(list(Array(extents.prefix(3))))")
    }
    try GridBounds.check(
      spacing: spacing, extents: Array(extents.prefix(3)), "spacing", path: path)
    try GridBounds.check(origin: origin, path: path)
    return Geometry(
      shape: extents.prefix(3).reversed(), spacing: spacing.reversed(), origin: origin,
      direction: GIPLHeader.direction)
  }

  /// The only one that the format has.
  static let direction: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]

  /// - Throws: `unsupported-image` for types that ITK does not read either.
  func voxelType(path: String) throws(NNXError) -> VoxelType {
    switch type {
    case 7: return .int8
    case 8: return .uint8
    case 15: return .int16
    case 16: return .uint16
    case 64: return .float32
    case 65: return .float64
    default:
      throw NNXError(
        .unsupportedImage, "\(path) has voxels of GIPL's type \(type)",
        details: ["nnx reads integers of 8 and 16 bits, and reals"],
        fixes: ["Convert the image to NIfTI (.nii.gz)"])
    }
  }

  /// The header of a label map on this image's grid: the image's, with another type and no range.
  func bytesForLabels(isWide: Bool, description: String) -> [UInt8] {
    var result = bytes
    result[8...9] = [0, isWide ? 16 : 8]
    let text = Array(description.utf8.filter { $0 < 128 }.prefix(79))
    result[26..<106] = (text + [UInt8](repeating: 0, count: 80 - text.count))[...]
    result[188..<204] = [UInt8](repeating: 0, count: 16)[...]
    return result
  }

  /// A header for an image that came in a file of another kind; its direction must be GIPL's.
  init(_ geometry: Geometry) {
    func big<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      littleEndian(value).reversed()
    }
    var bytes: [UInt8] = []
    for extent in geometry.shape.reversed() + [1] { bytes += big(UInt16(extent)) }
    bytes += [0, 8]
    for spacing in geometry.fileSpacing + [1] { bytes += big(Float(spacing).bitPattern) }
    bytes += [UInt8](repeating: 0, count: 204 - bytes.count)
    for value in geometry.origin + [0] { bytes += big(value.bitPattern) }
    bytes += [UInt8](repeating: 0, count: 16) + big(UInt32(4_026_526_128))
    self.bytes = bytes
  }
}
