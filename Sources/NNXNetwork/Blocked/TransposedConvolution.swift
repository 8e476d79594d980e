internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// A transposed convolution whose kernel is its stride: every input voxel becomes a block of output
/// voxels, each by a matrix product of its own.
@safe final class TransposedConvolution: Layer {
  let name: String
  let input: FeatureMap
  private let sources: InputBlocks
  private let output: FeatureMap
  private let factor: [Int]
  private let weights: PackedWeights
  private let bias: Buffer<Float>
  /// Input voxels in a piece.
  private let columns: Int

  init(
    _ layer: NetworkGraph.Upsampling, input: FeatureMap, output: FeatureMap,
    weights: any WeightSource, memory: WeightMemory, kernels: Kernels
  ) throws(NNXError) {
    name = "\(layer.name) transposed"
    self.input = input
    sources = InputBlocks([input])
    self.output = output
    factor = layer.factor
    let taps = layer.factor.reduce(1, *)
    let offsets = PackedWeights.channelOfLane([input]).map {
      Int32($0.map { $0 * output.channels * taps } ?? -1)
    }
    self.weights = PackedWeights(
      "\(layer.name).weight", channels: output.channels, outStride: taps, offsets: offsets,
      starts: Array(0..<taps), memory: memory, kernels: kernels)
    let bias = Buffer<Float>(output.blocks * output.lanes)
    self.bias = bias
    if layer.hasBias {
      try weights.withTensor("\(layer.name).bias") { values in
        for index in values.indices { unsafe bias.base[index] = values[index] }
      }
    }
    columns = Self.columns(
      input.frame.extents[2], most: DirectConvolution.columns(depth: offsets.count, kernels))
  }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try weights.load(source, threads, kernels)
  }

  /// Whole rows, or equal parts of one, so that the outputs of a piece lie in few runs.
  private static func columns(_ row: Int, most: Int) -> Int {
    let parts = (row + most - 1) / most
    return parts > 1 ? (row + parts - 1) / parts : most / row * row
  }

  private var segment: Int { (columns | 1) * output.lanes }

  /// Rows of a piece.
  private var rows: Int { max(1, columns / input.frame.extents[2]) }

  var needs: Scratch.Needs {
    Scratch.Needs(
      left: sources.count * segment, product: output.blocks * segment, indices: 2 * columns,
      runs: output.blocks * factor[0] * factor[1] * rows)
  }

  var facts: LayerProfile.Facts {
    LayerProfile.Facts(
      [input], output, multiplications: input.frame.extents.reduce(1, *) * weights.values.count,
      weightBytes: LayerProfile.Facts.distant(
        weights.values.bytes, times: (input.frame.extents.reduce(1, *) + columns - 1) / columns))
  }

  func run(_ pass: Pass) {
    upsample(0..<input.frame.extents[0], pass)
    output.finish(pass.threads, pass.kernels)
  }

  /// Upsamples some planes of the input.
  ///
  /// - Parameter skipped: output planes in front of the first that the output's memory holds.
  func upsample(_ planes: Range<Int>, skipped: Int = 0, _ pass: Pass) {
    let table = unsafe pass.kernels.table
    let inPlane = input.frame.extents[1] * input.frame.extents[2]
    let voxels = planes.lowerBound * inPlane..<planes.upperBound * inPlane
    let taps = PackedWeights.taps(factor)
    pass.threads.forEach((voxels.count + columns - 1) / columns) { piece, worker in
      var clock = pass.clock(worker)
      let left = unsafe pass.scratch.left(worker)
      let product = unsafe pass.scratch.product(worker)
      let from = unsafe pass.scratch.indices(worker)
      let to = unsafe from + columns
      let first = voxels.lowerBound + piece * columns
      let count = min(columns, voxels.upperBound - first)
      unsafe locate(first, count, skipped, from, to)
      var here: Int32 = 0
      unsafe table.gather(
        sources.base, Int32(sources.count), &here, 1, from, Int32(count), left, segment)
      clock.mark(.input)
      var ahead = unsafe outputs(
        from: min(first + pass.threads.count * columns, voxels.upperBound - 1), skipped,
        to: pass.scratch.runs(worker), pass.kernels)
      for (index, tap) in taps.enumerated() {
        unsafe table.multiply(
          left, segment, Int32(sources.count), weights.values.base + index * weights.size, product,
          segment, Int32(output.blocks), Int32(count), 0, &ahead)
        clock.mark(.products)
        let start = unsafe output.data + output.frame.step(tap[0], tap[1], tap[2]) * output.lanes
        unsafe table.scatter(
          product, segment, Int32(output.blocks), bias.base, 1, start, output.blockStride, to,
          Int32(count), nil)
        clock.mark(.output)
      }
    }
  }

  /// Where the outputs of the piece from an input voxel on go, which is most likely the thread's next.
  @unsafe private func outputs(
    from first: Int, _ skipped: Int, to runs: UnsafeMutablePointer<UnsafePointer<Float>?>,
    _ kernels: Kernels
  ) -> nnx_ahead {
    let (row, x) = first.quotientAndRemainder(dividingBy: input.frame.extents[2])
    var count = 0
    for row in row..<row + rows {
      let (z, y) = row.quotientAndRemainder(dividingBy: input.frame.extents[1])
      for block in 0..<output.blocks {
        for tap in 0..<factor[0] * factor[1] {
          let voxel = output.frame.index(
            z * factor[0] + tap / factor[1] - skipped, y * factor[1] + tap % factor[1],
            x * factor[2])
          unsafe runs[count] = unsafe UnsafePointer(
            output.data + block * output.blockStride + voxel * output.lanes)
          count += 1
        }
      }
    }
    return unsafe nnx_ahead(
      runs, count: count, length: columns / rows * factor[2] * output.lanes,
      steps: factor.reduce(1, *)
        * kernels.steps(sources.count, blocks: output.blocks, columns: columns))
  }

  /// The input voxel and the first output voxel of `count` inputs from number `first` on.
  private func locate(
    _ first: Int, _ count: Int, _ skipped: Int, _ from: UnsafeMutablePointer<Int32>,
    _ to: UnsafeMutablePointer<Int32>
  ) {
    let extents = input.frame.extents
    for index in 0..<count {
      let number = first + index
      let x = number % extents[2]
      let y = number / extents[2] % extents[1]
      let z = number / extents[2] / extents[1]
      unsafe from[index] = Int32(input.frame.index(z, y, x))
      unsafe to[index] = Int32(
        output.frame.index(z * factor[0] - skipped, y * factor[1], x * factor[2]))
    }
  }
}
