internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// A Winograd convolution with many tiles: input tiles are transformed, multiplied point by point, and
/// transformed back.
///
/// Threads take blocks of tiles through all three phases, so that a block's points stay in the caches.
@safe final class WinogradConvolution: Layer {
  /// How the work is ordered.
  struct Order {
    var slabs: Slabs
    /// Whether slabs must be done one after the other: the output slides over an input.
    var slides = false
    /// Whether the last slab comes first.
    var isDescending = false
    /// Makes the first input slab by slab.
    var upsampler: SlabUpsampler?
  }

  let name: String
  private let inputs: [FeatureMap]
  private let tiles: WinogradTiles
  private let output: FeatureMap
  private let normalization: Normalization
  private let order: Order
  /// For each slab, the inputs from its first plane on.
  private let sources: [InputBlocks]
  private let slabs: [Slabs.Slab]
  /// The points of the weights: float[point][group][depth][width * lanes].
  private let weights: Buffer<Float>
  private let weightName: String

  /// - Parameter frame: of the inputs, as if all of them were whole.
  init(
    _ layer: NetworkGraph.Convolution, _ normalization: Normalization, variant: WinogradVariant,
    inputs: [FeatureMap], frame: Frame, output: FeatureMap, order: Order,
    memory: WeightMemory, kernels: Kernels
  ) {
    name = (order.upsampler.map { "\($0.name) + " } ?? "") + "\(layer.name) \(variant)"
    self.inputs = inputs
    tiles = WinogradTiles(
      variant, normalization, inputs: inputs, frame: frame, output: output,
      slabs: order.slabs)
    self.output = output
    self.normalization = normalization
    self.order = order
    let blocks = order.slabs.blocks.indices
    let isOrdered = order.slides || order.upsampler != nil
    let slabs =
      isOrdered
      ? order.slabs.slabs
      : [Slabs.Slab(blocks: blocks, planes: 0..<output.frame.extents[0])]
    self.slabs = order.isDescending ? slabs.reversed() : slabs
    sources = self.slabs.map { slab in
      let first = slab.planes.lowerBound * variant.stride[0]
      return InputBlocks(
        inputs,
        from: inputs.indices.map {
          $0 == 0 ? order.upsampler?.skipped(before: slab.planes) ?? first : first
        })
    }
    weightName = "\(layer.name).weight"
    weights = memory.buffer(
      "\(weightName) points",
      count: variant.points * sources[0].count * output.blocks * kernels.lanes * kernels.lanes)
  }

  private var variant: WinogradVariant { tiles.variant }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try order.upsampler?.load(source, threads, kernels)
    let taps = WinogradTaps(
      weightName, variant, inputs: inputs, output: output, memory: WeightMemory(),
      kernels: kernels)
    try taps.load(source, threads, kernels)
    let group = unsafe Int(kernels.table.group)
    let groups = (output.blocks + group - 1) / group
    threads.forEach(variant.slices * groups) { piece, _ in
      let (slice, first) = (piece / groups, piece % groups * group)
      unsafe taps.transform(
        z: slice, first..<min(first + group, output.blocks), 0..<taps.depth,
        to: weights.base + slice * variant.pointsInSlice * weightStride
          + first * taps.depth * kernels.lanes,
        pointStride: weightStride, kernels)
    }
  }

  /// Floats from one point of the weights to the next.
  private var weightStride: Int {
    sources[0].count * output.blocks * output.lanes * output.lanes
  }

  /// Floats of a block's points and products: a share of the third cache.
  private static let floatsInBlock = 512 * 1024

  /// A multiple of the register tile such that a block's points and products stay in the caches.
  static func columns(_ floatsPerTile: Int, _ kernels: Kernels) -> Int {
    let tile = unsafe Int(kernels.table.columns)
    return min(max(floatsInBlock / floatsPerTile / tile, 2), 8) * tile
  }

  var needs: Scratch.Needs {
    let own = Scratch.Needs(
      left: variant.points * tiles.leftStride, product: variant.points * tiles.productStride,
      sums: order.slabs.blocks.count * output.blocks * 2 * output.lanes)
    return own.union(order.upsampler?.needs ?? Scratch.Needs())
  }

  func run(_ pass: Pass) {
    let slot = output.blocks * 2 * output.lanes
    unsafe pass.scratch.sums.update(repeating: 0, count: order.slabs.blocks.count * slot)
    order.upsampler?.begin(pass)
    for (index, slab) in slabs.enumerated() {
      order.upsampler?.run(before: slab.planes, pass)
      let (inputs, skipped) = (sources[index], slab.planes.lowerBound * variant.stride[0])
      pass.threads.forEach(slab.blocks.count) { number, worker in
        let block = slab.blocks.lowerBound + number
        let range = order.slabs.blocks[block]
        let left = unsafe pass.scratch.left(worker)
        let product = unsafe pass.scratch.product(worker)
        unsafe tiles.transform(
          range, 0..<inputs.count, of: inputs, skipped: skipped, to: left, pass.kernels)
        for point in 0..<variant.points {
          unsafe pass.kernels.table.multiply(
            left + point * tiles.leftStride, tiles.segment, Int32(inputs.count),
            weights.base + point * weightStride, product + point * tiles.productStride,
            tiles.segment, Int32(output.blocks), Int32(range.count), 0)
        }
        unsafe tiles.restore(
          range, 0..<output.blocks, product, pass.scratch.sums + block * slot, pass.kernels)
      }
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: order.slabs.blocks.count, pass)
  }
}
