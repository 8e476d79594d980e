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
      left: sources.count * segment, product: blocks * segment, indices: input.frame.extents[2])
  }

  var facts: LayerProfile.Facts {
    let voxels = input.frame.extents.reduce(1, *)
    return LayerProfile.Facts(
      inputs: input.channels, channels: bias.count, extents: input.frame.extents,
      multiplications: Double(voxels * weights.values.count),
      distantBytes: Double(input.bytes + 2 * voxels * bias.count * MemoryLayout<Float>.stride))
  }

  func run(_ pass: Pass) {
    let table = unsafe pass.kernels.table
    let size = input.frame.extents
    let voxels = size.reduce(1, *)
    pass.threads.forEach(size[0] * size[1]) { row, worker in
      var clock = pass.clock(worker)
      let left = unsafe pass.scratch.left(worker)
      let product = unsafe pass.scratch.product(worker)
      let from = unsafe pass.scratch.indices(worker)
      let (z, y) = (row / size[1], row % size[1])
      for x in 0..<size[2] { unsafe from[x] = Int32(input.frame.index(z, y, x)) }
      var here: Int32 = 0
      unsafe table.gather(
        sources.base, Int32(sources.count), &here, 1, from, Int32(size[2]), left, segment)
      clock.mark(.input)
      unsafe table.multiply(
        left, segment, Int32(sources.count), weights.values.base, product, segment, Int32(blocks),
        Int32(size[2]), 0)
      clock.mark(.products)
      let toZ = pass.mirror[0] ? size[0] - 1 - z : z
      let toY = pass.mirror[1] ? size[1] - 1 - y : y
      let toX = pass.mirror[2] ? size[2] - 1 : 0
      unsafe table.store_plain(
        product, segment, bias, Int32(bias.count), pass.accumulate ? 1 : 0,
        pass.output.base + (toZ * size[1] + toY) * size[2] + toX, voxels, pass.mirror[2] ? -1 : 1,
        Int32(size[2]))
      clock.mark(.output)
    }
  }
}
