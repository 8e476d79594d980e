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
      row: bias.count * input.frame.extents[2])
  }

  var facts: LayerProfile.Facts {
    let voxels = input.frame.extents.reduce(1, *)
    return LayerProfile.Facts(
      inputs: input.channels, channels: bias.count, extents: input.frame.extents,
      multiplications: Double(voxels * weights.values.count),
      distantBytes: Double(input.bytes + 2 * voxels * bias.count * MemoryLayout<Float>.stride))
  }

  func run(_ pass: Pass) {
    let size = input.frame.extents
    switch pass.target {
    case .patch(let output, let accumulates):
      pass.threads.forEach(size[0] * size[1]) { row, worker in
        store(row / size[1], row % size[1], to: output, accumulates, pass, worker)
      }
    case .sum(let place):
      let rows = place.inside[1]
      pass.threads.forEach(place.inside[0].count * rows.count) { row, worker in
        add(
          place.inside[0].lowerBound + row / rows.count, rows.lowerBound + row % rows.count,
          to: place, pass, worker)
      }
    }
  }

  /// Makes the logits of a part of a row, without their bias, in the worker's `product`.
  private func multiply(
    _ z: Int, _ y: Int, _ part: Range<Int>, _ pass: Pass, _ worker: Int,
    _ clock: inout PartClock
  ) {
    let table = unsafe pass.kernels.table
    let left = unsafe pass.scratch.left(worker)
    let from = unsafe pass.scratch.indices(worker)
    let count = Int32(part.count)
    for x in part { unsafe from[x - part.lowerBound] = Int32(input.frame.index(z, y, x)) }
    var here: Int32 = 0
    unsafe table.gather(
      sources.base, Int32(sources.count), &here, 1, from, count, left, segment)
    clock.mark(.input)
    unsafe table.multiply(
      left, segment, Int32(sources.count), weights.values.base, pass.scratch.product(worker),
      segment, Int32(blocks), count, 0)
    clock.mark(.products)
  }

  private func store(
    _ z: Int, _ y: Int, to output: Tensor, _ accumulates: Bool, _ pass: Pass, _ worker: Int
  ) {
    var clock = pass.clock(worker)
    let size = input.frame.extents
    multiply(z, y, 0..<size[2], pass, worker, &clock)
    let toZ = pass.mirror[0] ? size[0] - 1 - z : z
    let toY = pass.mirror[1] ? size[1] - 1 - y : y
    let toX = pass.mirror[2] ? size[2] - 1 : 0
    unsafe pass.kernels.table.store_plain(
      pass.scratch.product(worker), segment, bias, Int32(bias.count), accumulates ? 1 : 0,
      output.base + (toZ * size[1] + toY) * size[2] + toX, size.reduce(1, *),
      pass.mirror[2] ? -1 : 1, Int32(size[2]))
    clock.mark(.output)
  }

  private func add(_ z: Int, _ y: Int, to place: PatchSum, _ pass: Pass, _ worker: Int) {
    var clock = pass.clock(worker)
    let part = place.inside[2]
    let size = input.frame.extents
    multiply(z, y, part, pass, worker, &clock)
    let row = unsafe pass.scratch.row(worker)
    unsafe pass.kernels.table.store_plain(
      pass.scratch.product(worker), segment, bias, Int32(bias.count), 0, row, part.count, 1,
      Int32(part.count))
    let weights = unsafe place.weights.base + (z * size[1] + y) * size[2] + part.lowerBound
    let voxels = place.sum.count / bias.count
    for channel in bias.indices {
      let logits = unsafe row + channel * part.count
      let sum = unsafe place.sum.base + channel * voxels + place.index(z, y, part.lowerBound)
      // The product is rounded before it is added, as in `PatchSum.add`.
      for x in 0..<part.count { unsafe sum[x] += logits[x] * weights[x] }
    }
    clock.mark(.output)
  }
}
