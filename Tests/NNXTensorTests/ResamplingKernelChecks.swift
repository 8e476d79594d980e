import CKernels
import NNXTensor
import TestSupport
import Testing

private let widths = [1, 5, 64]

/// Calls `body` with an axis of 7 rows that become 4, each a sum of `taps` rows.
private func withAxis(taps: Int, padding: Int, _ body: (UnsafePointer<nnx_resampling>) -> Void) {
  let rows = (0..<4 * taps).map { Int32(($0 * 5 + 3) % (7 + 2 * padding)) }
  let weights = randomValues(4 * taps, seed: taps).map { taps == 1 ? 1 : Double($0) }
  rows.withUnsafeBufferPointer { rows in
    weights.withUnsafeBufferPointer { weights in
      var axis = nnx_resampling(
        in: 7, out: 4, padding: padding, taps: Int32(taps), rows: rows.baseAddress,
        weights: weights.baseAddress)
      body(&axis)
    }
  }
}

func checkResampleLoad(_ kernels: Kernels) {
  for width in widths {
    for (axisStride, columnStride) in [(100, 1), (1, 9), (3, 30)] {
      let input = randomValues(2500, seed: width)
      let doubles = Buffer(input.map { Double($0) })
      let floats = Buffer(input)
      let work = [Buffer<Double>(13 * width), Buffer<Double>(13 * width)]
      withAxis(taps: 4, padding: 3) { axis in
        kernels.table.resample_load_float(
          work[0].base, floats.base, axisStride, columnStride, axis, width)
        kernels.table.resample_load_double(
          work[1].base, doubles.base, axisStride, columnStride, axis, width)
      }
      for row in 0..<13 {
        for column in 0..<width {
          let source = min(max(row - 3, 0), 6) * axisStride + column * columnStride
          let expected = Double(input[source])
          #expect(work[0].base[row * width + column] == expected)
          #expect(work[1].base[row * width + column] == expected)
        }
      }
    }
  }
}

func checkResampleStore(_ kernels: Kernels) {
  for width in widths {
    for taps in [1, 2, 4] {
      for (axisStride, columnStride) in [(100, 1), (1, 9)] {
        let work = Buffer(randomValues(7 * width, seed: width).map { Double($0) })
        let floats = Buffer<Float>(1000)
        let doubles = Buffer<Double>(1000)
        withAxis(taps: taps, padding: 0) { axis in
          kernels.table.resample_store_float(
            floats.base, axisStride, columnStride, work.base, axis, width, -0.5, 0.75)
          kernels.table.resample_store_double(
            doubles.base, axisStride, columnStride, work.base, axis, width, -0.5, 0.75)
          for row in 0..<4 {
            for column in 0..<width {
              var sum = 0.0
              for tap in 0..<taps {
                let source = Int(axis.pointee.rows[row * taps + tap]) * width + column
                sum += work.base[source] * axis.pointee.weights[row * taps + tap]
              }
              let expected = min(max(sum, -0.5), 0.75)
              let target = row * axisStride + column * columnStride
              #expect(abs(doubles.base[target] - expected) < 1e-15)
              #expect(abs(Double(floats.base[target]) - expected) < 1e-7)
            }
          }
        }
      }
    }
  }
}

/// The coefficients give the samples back when the spline is evaluated at them.
func checkSplineFilter(_ kernels: Kernels) {
  for width in widths {
    for count in [2, 3, 25, 34, 300] {
      let samples = randomValues(count * width, seed: count).map { Double($0) }
      let work = Buffer(samples)
      kernels.table.spline_filter(work.base, count, width)
      for row in 0..<count {
        for column in 0..<width {
          func coefficient(_ row: Int) -> Double {
            let mirrored = row < 0 ? -1 - row : row >= count ? 2 * count - 1 - row : row
            return work.base[mirrored * width + column]
          }
          let value = (coefficient(row - 1) + 4 * coefficient(row) + coefficient(row + 1)) / 6
          #expect(abs(value - samples[row * width + column]) < 1e-13)
        }
      }
    }
  }
}

func checkBlendRows(_ kernels: Kernels) {
  for n in [0, 1, 7, 40] {
    let rows = (0..<4).map { randomValues(n, seed: $0) }
    let weights = randomValues(4, seed: 9)
    let result = withAligned([.init(repeating: 0, count: n)] + rows + [weights]) { arrays in
      kernels.table.blend_rows(
        arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], arrays[5], n)
    }[0]
    for index in 0..<n {
      let expected = (0..<4).reduce(Float(0)) { $0 + rows[$1][index] * weights[$1] }
      #expect(abs(result[index] - expected) < 1e-6)
    }
  }
}

func checkBlendAlong(_ kernels: Kernels) {
  for n in [0, 1, 7, 40] {
    let input = randomValues(13, seed: 1)
    let first = (0..<n).map { Int32($0 * 7 % 13) }
    let second = (0..<n).map { Int32($0 * 5 % 13) }
    let weights = randomValues(n, seed: 2)
    let result = withAligned([.init(repeating: 0, count: n), input, weights]) { arrays in
      kernels.table.blend_along(arrays[0], arrays[1], first, second, arrays[2], n)
    }[0]
    for index in 0..<n {
      let (a, b) = (input[Int(first[index])], input[Int(second[index])])
      let expected = a * (1 - weights[index]) + b * weights[index]
      #expect(abs(result[index] - expected) < 1e-6)
    }
  }
}
