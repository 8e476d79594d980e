import NNXTensor

/// `scipy.ndimage.zoom` of SciPy 1.17 with `grid_mode=False`, bit for bit: order 1, or order 3 with the spline
/// filter before it.
///
/// SciPy adds up, for each sample, its corners in the order of the array's axes, the first slowest: each is
/// multiplied by the three weights one after the other. An array of nibabel has x first, so corners go x, y, z
/// here too. What of the products depends on x and y alone is made once for each row of the input and kept while
/// the samples along z go by; the sum itself keeps SciPy's order, without fused steps.
struct Zoom {
  private let source: ZoomSource
  private let coefficients: SplineCoefficients?
  private let axes: [ZoomAxis]
  private let threads: Threads
  private let shape: [Int]

  /// - Parameters:
  ///   - shape: of the result, `(z, y, x)`; no extent is 0.
  ///   - order: 1 or 3.
  init(
    _ source: ZoomSource, to shape: [Int], order: Int, _ edge: ZoomEdge, threads: Threads
  ) {
    precondition(shape.count == 3 && shape.allSatisfy { $0 > 0 }, "no grid: \(shape)")
    coefficients = order == 1 ? nil : SplineCoefficients(source, edge, threads: threads)
    let padding = coefficients?.padding ?? 0
    axes = (0..<3).map { axis in
      ZoomAxis(from: source.shape[axis], to: shape[axis], order: order, edge, padding: padding)
    }
    (self.source, self.shape, self.threads) = (source, shape, threads)
  }

  /// The samples of the new grid without their fractions: `astype(numpy.int32)`.
  func integers() -> Tensor {
    let result = Tensor(shape)
    run { row, place in
      let target = unsafe result.base + place
      let whole = row.width / 4
      for index in 0..<whole {
        let integers = unsafe SIMD4<Float>(truncatedToInt32(row.sums.base[index]))
        unsafe UnsafeMutableRawPointer(target + 4 * index)
          .storeBytes(of: integers, as: SIMD4<Float>.self)
      }
      for x in 4 * whole..<row.width {
        unsafe target[x] = Float(truncatedToInt32(row.sums.base[whole])[x - 4 * whole])
      }
    }
    return result
  }

  /// The samples of the new grid, for tests.
  func doubles() -> [Double] {
    let result = Buffer<Double>(grid: shape)
    run { row, place in
      for x in 0..<row.width { unsafe result.base[place + x] = row.sums.base[x / 4][x % 4] }
    }
    return (0..<result.count).map { unsafe result.base[$0] }
  }

  /// Calls `store` with each row whose sums are made and the index of its first sample.
  private func run(_ store: (_ row: ZoomRow, _ place: Int) -> Void) {
    let scratch = (0..<threads.count).map { _ in ZoomRow(source, coefficients, along: axes[2]) }
    threads.forEach(shape[1]) { y, worker in
      let row = scratch[worker]
      row.begin(axes[1], y)
      for z in 0..<shape[0] {
        row.sum(axes[0], z)
        store(row, (z * shape[1] + y) * shape[2])
      }
    }
  }
}
