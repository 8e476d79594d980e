/// Smallest NIfTI-1 files, made in memory.
public enum NIfTIBytes {
  /// A float32 volume.
  ///
  /// - Parameters:
  ///   - shape: `(z, y, x)`.
  ///   - spacing: mm, `(z, y, x)`.
  public static func float32(
    shape: [Int], spacing: [Double] = [1, 1, 1], _ value: (Int) -> Float
  ) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 352)
    func put<Value>(_ value: Value, at offset: Int) {
      withUnsafeBytes(of: value) { header.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
    put(Int32(348), at: 0)
    for (index, extent) in ([3] + shape.reversed() + [1, 1, 1, 1]).enumerated() {
      put(Int16(extent), at: 40 + 2 * index)
    }
    put(Int16(16), at: 70)
    put(Int16(32), at: 72)
    for (index, distance) in ([1] + spacing.reversed()).enumerated() {
      put(Float(distance), at: 76 + 4 * index)
    }
    put(Float(352), at: 108)
    put(Float(1), at: 112)
    header[123] = 10
    put(Int16(1), at: 252)
    header.replaceSubrange(344..<348, with: [0x6E, 0x2B, 0x31, 0])
    let voxels = (0..<shape.reduce(1, *)).map(value)
    return header + voxels.withUnsafeBytes { Array($0) }
  }
}
