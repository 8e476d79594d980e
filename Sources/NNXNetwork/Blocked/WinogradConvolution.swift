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
  private let taps: WinogradTaps
  private let ahead: FetchAhead
  /// For the points of the weights: float[point][group][depth][width * lanes].
  private let points: WorkMemory

  /// - Parameter frame: of the inputs, as if all of them were whole.
  init(
    _ layer: NetworkGraph.Convolution, _ normalization: Normalization, variant: WinogradVariant,
    inputs: [FeatureMap], frame: Frame, output: FeatureMap, order: Order, work: WorkMemory,
    memory: WeightMemory, kernels: Kernels
  ) {
    points = work
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
    taps = WinogradTaps(
      "\(layer.name).weight", tiles.shape, inputs: inputs, output: output, memory: memory,
      kernels: kernels)
    ahead = FetchAhead(tiles, inBlocks: sources[0].count, kernels: kernels)
    precondition(variant.points * weightStride <= work.count)
  }

  private var shape: WinogradVariant { tiles.shape }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try order.upsampler?.load(source, threads, kernels)
    try taps.load(source, threads, kernels)
  }

  /// Makes the points of all weights, on all threads: an eighth of them is kept, and making them takes a few
  /// thousandths of what is done with them.
  private func makePoints(_ pass: Pass) {
    let group = unsafe Int(pass.kernels.table.group)
    let groups = (output.blocks + group - 1) / group
    pass.threads.forEach(shape.slices * groups) { piece, worker in
      var clock = pass.clock(worker)
      let (slice, first) = (piece / groups, piece % groups * group)
      unsafe taps.transform(
        z: slice, first..<min(first + group, output.blocks), 0..<taps.depth,
        to: points.base + slice * shape.pointsInSlice * weightStride
          + first * taps.depth * pass.kernels.lanes,
        pointStride: weightStride, pass.kernels)
      clock.mark(.weights)
    }
  }

  /// Floats from one point of the weights to the next.
  private var weightStride: Int {
    sources[0].count * output.blocks * output.lanes * output.lanes
  }

  /// Fewer tiles read weights too often; with more, what a box makes for its end leaves the second cache.
  private static let boxSizes = 24...64
  /// Boxes of a layer at least, for many threads.
  private static let fewestBoxes = 8

  /// Where weights stay in the third cache, of a convolution along all axes to as many channels or more: window,
  /// points and products of more tiles do not stay in the second.
  private static let tilesOfNearWeights = 16
  /// Bytes of weights that stay in the third cache.
  private static let nearWeights = 24 << 20

  /// Tiles of a box such that weights, which are read for each box, and points and products, which leave the
  /// second cache and come back, are about as many bytes.
  static func tilesInBox(
    _ variant: WinogradVariant, inputs: Int, channels: Int, tiles: Int
  ) -> Int {
    let weights = variant.points * inputs * channels * MemoryLayout<Float>.stride
    if variant.kernel == [3, 3, 3], inputs <= channels, weights <= nearWeights {
      return tilesOfNearWeights
    }
    return min(
      max(
        min(inputs * channels / (inputs + channels), tiles / fewestBoxes), boxSizes.lowerBound),
      boxSizes.upperBound)
  }

  var needs: Scratch.Needs {
    let own = Scratch.Needs(
      planes: sources[0].count * tiles.planesStride, slices: output.blocks * tiles.slicesPerBlock,
      left: shape.pointsInSlice * tiles.leftStride,
      product: shape.pointsInSlice * tiles.productStride, runs: ahead.most,
      sums: tiles.boxes.count * output.blocks * 2 * output.lanes)
    return own.union(order.upsampler?.needs ?? Scratch.Needs())
  }

  var facts: LayerProfile.Facts {
    // A map that is upsampled on the way never leaves the caches; what it is made of is read instead.
    let read = order.upsampler.map { [$0.input] + inputs.dropFirst() } ?? inputs
    var facts = LayerProfile.Facts(
      read, output, multiplications: tiles.count * shape.points * weightStride,
      weightBytes: taps.bytes
        + LayerProfile.Facts.distant(
          shape.points * weightStride * MemoryLayout<Float>.stride, times: tiles.boxes.count))
    facts.inputs = inputs.reduce(0) { $0 + $1.channels }
    facts.multiplications += order.upsampler?.multiplications ?? 0
    return facts
  }

  func run(_ pass: Pass) {
    let slot = output.blocks * 2 * output.lanes
    unsafe pass.scratch.sums.update(repeating: 0, count: tiles.boxes.count * slot)
    makePoints(pass)
    order.upsampler?.begin(pass)
    for (index, slab) in slabs.enumerated() {
      order.upsampler?.run(before: slab.planes, pass)
      let (inputs, skipped) = (sources[index], slab.planes.lowerBound * tiles.variant.stride[0])
      let pieces = Self.pieces(slab.boxes, pass.threads)
      pass.threads.forEach(pieces.count) { piece, worker in
        var clock = pass.clock(worker)
        let (planes, slices) = unsafe (pass.scratch.planes(worker), pass.scratch.slices(worker))
        for box in pieces[piece] {
          unsafe tiles.load(
            box, 0..<inputs.count, of: inputs, skipped: skipped, to: planes, pass.kernels)
          clock.mark(.input)
          var fetched = unsafe ahead.list(
            box, next: box + 1 < pieces[piece].upperBound ? box + 1 : nil, of: inputs,
            skipped: skipped, to: pass.scratch.runs(worker))
          for slice in 0..<shape.slices {
            unsafe multiply(
              box, slice: slice, planes, inputs.count, to: slices, &fetched, worker, pass, &clock)
          }
          unsafe tiles.store(
            box, 0..<output.blocks, slices, pass.scratch.sums + box * slot, pass.kernels)
          clock.mark(.output)
        }
      }
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: tiles.boxes.count, pass)
  }

  /// Boxes that a thread takes one after the other, so that it knows which comes next.
  private static func pieces(_ boxes: Range<Int>, _ threads: Threads) -> [Range<Int>] {
    let count = threads.count == 1 ? 1 : min(boxes.count, piecesPerThread * threads.count)
    func first(_ piece: Int) -> Int { boxes.lowerBound + piece * boxes.count / count }
    return (0..<count).map { first($0)..<first($0 + 1) }
  }

  private static let piecesPerThread = 8

  /// One slice of a box: points, their products, and those transformed along y and x.
  private func multiply(
    _ box: Int, slice: Int, _ planes: UnsafePointer<Float>, _ inputs: Int,
    to slices: UnsafeMutablePointer<Float>, _ ahead: inout nnx_ahead, _ worker: Int, _ pass: Pass,
    _ clock: inout PartClock
  ) {
    let (left, product) = unsafe (pass.scratch.left(worker), pass.scratch.product(worker))
    unsafe tiles.transform(box, slice: slice, inputs, planes, to: left, pass.kernels)
    clock.mark(.input)
    let first = unsafe points.base + slice * shape.pointsInSlice * weightStride
    for point in 0..<shape.pointsInSlice {
      unsafe pass.kernels.table.multiply(
        left + point * tiles.leftStride, tiles.segment, Int32(inputs), first + point * weightStride,
        product + point * tiles.productStride, tiles.segment, Int32(output.blocks),
        Int32(tiles.boxes[box].count), 0, &ahead)
    }
    clock.mark(.products)
    unsafe tiles.restore(box, slice: slice, output.blocks, product, to: slices, pass.kernels)
    clock.mark(.output)
  }
}
