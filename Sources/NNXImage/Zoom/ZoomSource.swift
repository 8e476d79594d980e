import NNXTensor

/// The samples of a volume in double, wherever they come from.
struct ZoomSource: Sendable {
  /// `(z, y, x)`.
  let shape: [Int]
  /// The same in float32.
  let floats: Tensor
  /// Where float32 cannot hold them.
  let doubles: Buffer<Double>?

  /// - Parameters:
  ///   - voxels: `(z, y, x)`.
  ///   - exact: the same voxels where float32 rounds them.
  init(_ voxels: Tensor, exact: Buffer<Double>? = nil) {
    precondition(voxels.shape.count == 3 && (exact?.count ?? voxels.count) == voxels.count)
    (shape, floats, doubles) = (voxels.shape, voxels, exact)
  }

  /// The sample with this index in C order.
  subscript(index: Int) -> Double {
    precondition(index >= 0 && index < floats.count)
    if let doubles { return unsafe doubles.base[index] }
    return Double(unsafe floats.base[index])
  }

  /// The samples in a box whose fractions are cut off (`astype(numpy.int32)`), in memory of their own.
  func truncated(in box: Box) -> Tensor {
    let result = Tensor(box.shape)
    let width = box.shape[2]
    forEachRow(of: box, in: shape) { source, target in
      result.withMutableSpan { span in
        for offset in 0..<width {
          span[target + offset] = Float(truncatedToInt32(self[source + offset]))
        }
      }
    }
    return result
  }
}

extension ZoomSource {
  /// The samples in a box.
  func cropped(to box: Box) -> ZoomSource {
    if box == Box(shape) { return self }
    guard let doubles else { return ZoomSource(floats.cropped(to: box)) }
    let exact = Buffer<Double>(grid: box.shape)
    forEachRow(of: box, in: shape) { source, target in
      for x in 0..<box.shape[2] { unsafe exact.base[target + x] = doubles.base[source + x] }
    }
    return ZoomSource(floats.cropped(to: box), exact: exact)
  }

  /// The volume with its axes in the order and direction of a patient.
  func turned(_ orientation: Orientation, threads: Threads) -> ZoomSource {
    let turned = floats.turned(orientation, threads: threads)
    guard let doubles else { return ZoomSource(turned) }
    let exact = Buffer<Double>(doubles.count)
    let strides = [shape[1] * shape[2], shape[2], 1]
    let new = turned.shape
    threads.forEach(new[0]) { z, _ in
      func offset(_ axis: Int, _ place: Int) -> Int {
        (orientation.flips[axis] ? new[axis] - 1 - place : place) * strides[orientation.axes[axis]]
      }
      for y in 0..<new[1] {
        let start = offset(0, z) + offset(1, y)
        let target = (z * new[1] + y) * new[2]
        for x in 0..<new[2] {
          unsafe exact.base[target + x] = doubles.base[start + offset(2, x)]
        }
      }
    }
    return ZoomSource(turned, exact: exact)
  }
}

/// What `astype(numpy.int32)` makes of doubles on x86-64, as doubles: towards zero, and the least integer of all for
/// what is none or beyond.
@inline(__always)
func truncatedToInt32(_ values: SIMD4<Double>) -> SIMD4<Double> {
  // Adding and taking away 1.5 · 2^52 rounds to an integer; where that went away from zero, one step back.
  let magic = SIMD4(repeating: 6_755_399_441_055_744.0)
  var result = (values + magic) - magic
  let zero = SIMD4<Double>.zero
  let isAbove = (values .> zero) .& (result .> values)
  let isBelow = (values .< zero) .& (result .< values)
  result -= zero.replacing(with: 1, where: isAbove)
  result += zero.replacing(with: 1, where: isBelow)
  let fits = (values .< 2_147_483_648) .& (values .> -2_147_483_649)
  return SIMD4(repeating: -2_147_483_648).replacing(with: result, where: fits)
}

func truncatedToInt32(_ value: Double) -> Double {
  truncatedToInt32(SIMD4(repeating: value))[0]
}
