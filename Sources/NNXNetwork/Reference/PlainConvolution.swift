internal import NNXTensor

/// A convolution of plain tensors `(c, z, y, x)` with zero padding `kernel / 2`: im2col and a matrix
/// product.
struct PlainConvolution {
  var kernel: [Int]
  var stride: [Int]
  /// `(out, in, z, y, x)`.
  var weights: Tensor
  /// `(out)`.
  var bias: Tensor?

  /// Columns of the matrix that is multiplied at once.
  private static let columnsAtOnce = 4096

  /// - Parameter inputs: concatenated along the channels; equal extents.
  func apply(_ inputs: [Tensor], _ product: MatrixProduct, _ threads: Threads) -> Tensor {
    let size = Array(inputs[0].shape[1...])
    let extents = zip(size, stride).map { $0 / $1 }
    let (outs, depth) = (weights.shape[0], weights.shape[1...].reduce(1, *))
    let result = Tensor([outs] + extents)
    let voxels = extents.reduce(1, *)
    let rows = extents[0] * extents[1]
    let rowsAtOnce = max(1, Self.columnsAtOnce / extents[2])
    let pieces = (rows + rowsAtOnce - 1) / rowsAtOnce
    let scratch = (0..<threads.count).map { _ in Tensor([depth, rowsAtOnce * extents[2]]) }
    threads.forEach(pieces) { piece, worker in
      let first = piece * rowsAtOnce
      let count = min(rowsAtOnce, rows - first)
      let columns = count * extents[2]
      unsafe gather(inputs, size, extents, rows: first..<first + count, scratch[worker].base)
      let target = unsafe result.base + first * extents[2]
      if let bias {
        for out in 0..<outs {
          let value = unsafe bias.base[out]
          unsafe (target + out * voxels).update(repeating: value, count: columns)
        }
      }
      unsafe product.multiply(
        weights.base, scratch[worker].base, into: target, m: outs, n: columns, k: depth,
        stride: voxels, accumulate: bias != nil)
    }
    return result
  }

  /// `matrix[(channel, tap)][output voxel of rows]`, zero outside the input.
  private func gather(
    _ inputs: [Tensor], _ size: [Int], _ extents: [Int], rows: Range<Int>,
    _ matrix: UnsafeMutablePointer<Float>
  ) {
    var to = unsafe matrix
    for input in inputs {
      for channel in 0..<input.shape[0] {
        let plane = unsafe input.base + channel * size.reduce(1, *)
        for kz in 0..<kernel[0] {
          for ky in 0..<kernel[1] {
            for kx in 0..<kernel[2] {
              for row in rows {
                let z = row / extents[1] * stride[0] + kz - kernel[0] / 2
                let y = row % extents[1] * stride[1] + ky - kernel[1] / 2
                let inside = z >= 0 && z < size[0] && y >= 0 && y < size[1]
                for index in 0..<extents[2] {
                  let x = index * stride[2] + kx - kernel[2] / 2
                  unsafe to[index] =
                    inside && x >= 0 && x < size[2]
                    ? unsafe plane[(z * size[1] + y) * size[2] + x] : 0
                }
                unsafe to += extents[2]
              }
            }
          }
        }
      }
    }
  }
}
