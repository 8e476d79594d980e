internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The last 1×1 convolution: blocks in, plain logits out, flipped back when the patch was mirrored.
@safe final class Head: Layer {
  let name = "head"
  private let input: FeatureMap
  private let sources: InputBlocks
  private let weights: PackedWeights
  private let bias: [Float]
  private let blocks: Int

  init(
    _ layer: NetworkGraph.Head, channels: Int, input: FeatureMap, weights: any WeightSource,
    memory: WeightMemory, kernels: Kernels
  ) throws(NNXError) {
    self.input = input
    sources = InputBlocks([input])
    blocks = FeatureMap.blocks(channels, kernels.lanes)
    self.weights = PackedWeights(
      "head.weight", channels: channels, outStride: input.channels,
      offsets: PackedWeights.channelOfLane([input]).map { Int32($0 ?? -1) }, memory: memory,
      kernels: kernels)
    bias =
      layer.hasBias
      ? try weights.withTensor("head.bias") { values in values.indices.map { values[$0] } }
      : [Float](repeating: 0, count: channels)
  }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try weights.load(source, threads, kernels)
  }

  private var segment: Int { (input.frame.extents[2] | 1) * input.lanes }

  var needs: Scratch.Needs {
    Scratch.Needs(
      left: sources.count * segment, product: blocks * segment, indices: input.frame.extents[2],
      runs: sources.count, row: bias.count * input.frame.extents[2])
  }

  var facts: LayerProfile.Facts {
    let voxels = input.frame.extents.reduce(1, *)
    return LayerProfile.Facts(
      inputs: input.channels, channels: bias.count, extents: input.frame.extents,
      multiplications: Double(voxels * weights.values.count),
      distantBytes: Double(input.bytes + 2 * voxels * bias.count * MemoryLayout<Float>.stride))
  }

  /// A row of the patch, by its place along the first two axes.
  private typealias Row = (z: Int, y: Int)

  func run(_ pass: Pass) {
    let size = input.frame.extents
    switch pass.target {
    case .patch(let output, let accumulates):
      forEachRow(0..<size[0], 0..<size[1], pass) { row, next, worker in
        store(row, next, to: output, accumulates, pass, worker)
      }
    case .sum(let place):
      forEachRow(place.inside[0], place.inside[1], pass) { row, next, worker in
        add(row, next, to: place, pass, worker)
      }
    }
  }

  /// - Parameter body: given a row and the one that the thread most likely takes next.
  private func forEachRow(
    _ planes: Range<Int>, _ rows: Range<Int>, _ pass: Pass,
    _ body: (_ row: Row, _ next: Row, _ worker: Int) -> Void
  ) {
    let count = planes.count * rows.count
    func row(_ number: Int) -> Row {
      (planes.lowerBound + number / rows.count, rows.lowerBound + number % rows.count)
    }
    pass.threads.forEach(count) { number, worker in
      body(row(number), row(min(number + pass.threads.count, count - 1)), worker)
    }
  }

  /// Makes the logits of a part of a row, without their bias, in the worker's `product`.
  private func multiply(
    _ row: Row, _ next: Row, _ part: Range<Int>, _ pass: Pass, _ worker: Int,
    _ clock: inout PartClock
  ) {
    let table = unsafe pass.kernels.table
    let left = unsafe pass.scratch.left(worker)
    let from = unsafe pass.scratch.indices(worker)
    let count = Int32(part.count)
    for x in part { unsafe from[x - part.lowerBound] = Int32(input.frame.index(row.z, row.y, x)) }
    var here: Int32 = 0
    unsafe table.gather(
      sources.base, Int32(sources.count), &here, 1, from, count, left, segment)
    clock.mark(.input)
    var ahead = unsafe fetching(next, part, to: pass.scratch.runs(worker), pass.kernels)
    unsafe table.multiply(
      left, segment, Int32(sources.count), weights.values.base, pass.scratch.product(worker),
      segment, Int32(blocks), count, 0, &ahead)
    clock.mark(.products)
  }

  private func store(
    _ row: Row, _ next: Row, to output: Tensor, _ accumulates: Bool, _ pass: Pass, _ worker: Int
  ) {
    var clock = pass.clock(worker)
    let size = input.frame.extents
    multiply(row, next, 0..<size[2], pass, worker, &clock)
    let toZ = pass.mirror[0] ? size[0] - 1 - row.z : row.z
    let toY = pass.mirror[1] ? size[1] - 1 - row.y : row.y
    let toX = pass.mirror[2] ? size[2] - 1 : 0
    unsafe pass.kernels.table.store_plain(
      pass.scratch.product(worker), segment, bias, Int32(bias.count), accumulates ? 1 : 0,
      output.base + (toZ * size[1] + toY) * size[2] + toX, size.reduce(1, *),
      pass.mirror[2] ? -1 : 1, Int32(size[2]))
    clock.mark(.output)
  }

  private func add(
    _ place: Row, _ next: Row, to sum: PatchSum, _ pass: Pass, _ worker: Int
  ) {
    var clock = pass.clock(worker)
    let part = sum.inside[2]
    let size = input.frame.extents
    multiply(place, next, part, pass, worker, &clock)
    let row = unsafe pass.scratch.row(worker)
    unsafe pass.kernels.table.store_plain(
      pass.scratch.product(worker), segment, bias, Int32(bias.count), 0, row, part.count, 1,
      Int32(part.count))
    let first = (place.z * size[1] + place.y) * size[2] + part.lowerBound
    let weights = unsafe sum.weights.base + first
    let voxels = sum.sum.count / bias.count
    for channel in bias.indices {
      let logits = unsafe row + channel * part.count
      let offset = channel * voxels + sum.index(place.z, place.y, part.lowerBound)
      let into = unsafe sum.sum.base + offset
      // The product is rounded before it is added, as in `PatchSum.add`.
      for x in 0..<part.count { unsafe into[x] += logits[x] * weights[x] }
    }
    clock.mark(.output)
  }

  /// A part of the row that the thread most likely reads next, which the products fetch.
  @unsafe private func fetching(
    _ row: Row, _ part: Range<Int>, to runs: UnsafeMutablePointer<UnsafePointer<Float>?>,
    _ kernels: Kernels
  ) -> nnx_ahead {
    let first = input.frame.index(row.z, row.y, part.lowerBound) * input.lanes
    for block in 0..<sources.count {
      unsafe runs[block] = unsafe UnsafePointer(input.data + block * input.blockStride + first)
    }
    return unsafe nnx_ahead(
      runs, count: sources.count, length: part.count * input.lanes,
      steps: kernels.steps(sources.count, blocks: blocks, columns: part.count))
  }
}
