internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// A Winograd convolution with many tiles: input tiles are transformed, multiplied point by point, and
/// transformed back.
///
/// Threads take boxes of tiles through all phases, one slice of points after the other, so that points and
/// products stay in the caches.
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
      boxes: order.slabs.boxes, holdsAll: false)
    self.output = output
    self.normalization = normalization
    self.order = order
    let isOrdered = order.slides || order.upsampler != nil
    let slabs =
      isOrdered
      ? order.slabs.slabs
      : [Slabs.Slab(boxes: tiles.boxes.indices, planes: 0..<output.frame.extents[0])]
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

  /// Floats of the points and products of a box's slice: a share of the second cache.
  private static let floatsInBox = 256 * 1024
  /// Fewer tiles read weights too often; with more, what a box makes for its end leaves the second cache.
  private static let boxSizes = 16...32

  /// Tiles of a box whose points and products stay in the caches.
  ///
  /// - Parameter floatsPerTile: points and products of a slice.
  static func tilesInBox(_ floatsPerTile: Int) -> Int {
    min(max(floatsInBox / floatsPerTile, boxSizes.lowerBound), boxSizes.upperBound)
  }

  var needs: Scratch.Needs {
    let own = Scratch.Needs(
      planes: sources[0].count * tiles.planesStride, slices: output.blocks * tiles.slicesPerBlock,
      left: variant.pointsInSlice * tiles.leftStride,
      product: variant.pointsInSlice * tiles.productStride,
      sums: tiles.boxes.count * output.blocks * 2 * output.lanes)
    return own.union(order.upsampler?.needs ?? Scratch.Needs())
  }

  func run(_ pass: Pass) {
    let slot = output.blocks * 2 * output.lanes
    unsafe pass.scratch.sums.update(repeating: 0, count: tiles.boxes.count * slot)
    order.upsampler?.begin(pass)
    for (index, slab) in slabs.enumerated() {
      order.upsampler?.run(before: slab.planes, pass)
      let (inputs, skipped) = (sources[index], slab.planes.lowerBound * variant.stride[0])
      pass.threads.forEach(slab.boxes.count) { number, worker in
        let box = slab.boxes.lowerBound + number
        let (planes, slices) = unsafe (pass.scratch.planes(worker), pass.scratch.slices(worker))
        unsafe tiles.load(
          box, 0..<inputs.count, of: inputs, skipped: skipped, to: planes, pass.kernels)
        for slice in 0..<variant.slices {
          unsafe multiply(box, slice: slice, planes, inputs.count, to: slices, worker, pass)
        }
        unsafe tiles.store(
          box, 0..<output.blocks, slices, pass.scratch.sums + box * slot, pass.kernels)
      }
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: tiles.boxes.count, pass)
  }

  /// One slice of a box: points, their products, and those transformed along y and x.
  private func multiply(
    _ box: Int, slice: Int, _ planes: UnsafePointer<Float>, _ inputs: Int,
    to slices: UnsafeMutablePointer<Float>, _ worker: Int, _ pass: Pass
  ) {
    let (left, product) = unsafe (pass.scratch.left(worker), pass.scratch.product(worker))
    unsafe tiles.transform(box, slice: slice, inputs, planes, to: left, pass.kernels)
    let first = unsafe weights.base + slice * variant.pointsInSlice * weightStride
    for point in 0..<variant.pointsInSlice {
      unsafe pass.kernels.table.multiply(
        left + point * tiles.leftStride, tiles.segment, Int32(inputs), first + point * weightStride,
        product + point * tiles.productStride, tiles.segment, Int32(output.blocks),
        Int32(tiles.boxes[box].count), 0)
    }
    unsafe tiles.restore(box, slice: slice, output.blocks, product, to: slices, pass.kernels)
  }
}
