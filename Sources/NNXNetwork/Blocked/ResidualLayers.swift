internal import CKernels
internal import NNXTensor

/// `LeakyReLU(main + skip)`: the end of a residual block, written over `main`.
@safe final class Addition: Layer {
  let name = "addition"
  private let main: FeatureMap
  private let skip: FeatureMap
  private let output: FeatureMap
  private let slope: Float

  /// - Parameter output: has the memory of `main`.
  init(main: FeatureMap, skip: FeatureMap, output: FeatureMap, slope: Float) {
    (self.main, self.skip, self.output, self.slope) = (main, skip, output, slope)
  }

  var needs: Scratch.Needs { Scratch.Needs() }
  var facts: LayerProfile.Facts { LayerProfile.Facts([main, skip], output) }

  func run(_ pass: Pass) {
    let size = main.frame.extents
    pass.threads.forEach(main.blocks * size[0]) { piece, worker in
      let (block, z) = (piece / size[0], piece % size[0])
      var clock = pass.clock(worker)
      defer { clock.mark(.output) }
      unsafe withUnsafeTemporaryAllocation(of: nnx_source.self, capacity: 2) { rows in
        for y in 0..<size[1] {
          let lanes = main.lanes
          unsafe rows[0] = main.source(block, main.frame.index(z, y, 0))
          unsafe rows[1] = skip.source(block, skip.frame.index(z, y, 0))
          let to = output.frame.index(z, y, 0) * lanes
          unsafe pass.kernels.table.add(
            output.data + block * output.blockStride + to, rows.baseAddress,
            rows.baseAddress! + 1, slope, size[2])
        }
      }
    }
    output.finish(pass.threads, pass.kernels)
  }
}

/// Average pooling with windows that do not overlap: the skip of a strided residual block.
@safe final class Pooling: Layer {
  let name = "pooling"
  private let input: FeatureMap
  private let output: FeatureMap
  private let window: [Int]
  private let taps: [Int32]

  init(input: FeatureMap, output: FeatureMap, window: [Int]) {
    (self.input, self.output, self.window) = (input, output, window)
    taps = PackedWeights.taps(window).map { Int32(input.frame.step($0[0], $0[1], $0[2])) }
  }

  var needs: Scratch.Needs { Scratch.Needs(indices: output.frame.extents[2]) }
  var facts: LayerProfile.Facts { LayerProfile.Facts([input], output) }

  func run(_ pass: Pass) {
    let size = output.frame.extents
    pass.threads.forEach(output.blocks * size[0]) { piece, worker in
      let (block, z) = (piece / size[0], piece % size[0])
      var clock = pass.clock(worker)
      defer { clock.mark(.output) }
      let from = unsafe pass.scratch.indices(worker)
      unsafe withUnsafeTemporaryAllocation(of: nnx_source.self, capacity: 1) { source in
        unsafe source[0] = input.source(block, 0)
        for y in 0..<size[1] {
          for x in 0..<size[2] {
            unsafe from[x] = Int32(
              input.frame.index(z * window[0], y * window[1], x * window[2]))
          }
          let to = output.frame.index(z, y, 0) * output.lanes
          unsafe pass.kernels.table.average(
            source.baseAddress, taps, Int32(taps.count), from, Int32(size[2]),
            output.data + block * output.blockStride + to)
        }
      }
    }
    output.finish(pass.threads, pass.kernels)
  }
}
