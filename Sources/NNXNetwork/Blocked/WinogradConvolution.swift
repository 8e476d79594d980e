internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// A convolution by Winograd's method: input tiles are transformed, multiplied point by point,
/// and transformed back.
///
/// With many tiles, threads take blocks of them through all three phases, and a block's points stay in
/// the caches. With few tiles and large weights, all tiles go through one phase after the other, so
/// that every weight is read once: the first phase is cut by input channels, the second by points, the
/// third by output channels. Both ways give the same bytes.
@safe final class WinogradConvolution: Layer {
  let name: String
  private let variant: WinogradVariant
  private let inputs: [FeatureMap]
  private let sources: InputBlocks
  private let output: FeatureMap
  private let normalization: Normalization
  private let weights: WinogradWeights
  /// First voxel of each tile's window in the inputs.
  private let windows: [Int32]
  /// Where each tile goes.
  private let tiles: [nnx_tile]
  /// Tiles in a block.
  private let columns: Int
  private let inPhases: Bool

  init(
    _ layer: NetworkGraph.Convolution, _ normalization: Normalization, variant: WinogradVariant,
    inputs: [FeatureMap], output: FeatureMap, kernels: Kernels
  ) {
    name = "\(layer.name) \(variant)"
    self.variant = variant
    self.inputs = inputs
    sources = InputBlocks(inputs)
    self.output = output
    self.normalization = normalization
    weights = WinogradWeights(
      "\(layer.name).weight", variant: variant, inputs: inputs, channels: output.channels,
      kernels: kernels)
    let counts = variant.tiles(output.frame.extents)
    var windows: [Int32] = []
    var tiles: [nnx_tile] = []
    for z in 0..<counts[0] {
      for y in 0..<counts[1] {
        for x in 0..<counts[2] {
          let first = zip([z, y, x], variant.outputs).map { $0 * $1 }
          let before = (0..<3).map { first[$0] * variant.stride[$0] - variant.kernel[$0] / 2 }
          windows.append(Int32(inputs[0].frame.index(before[0], before[1], before[2])))
          let left = (0..<3).map {
            Int32(min(variant.outputs[$0], output.frame.extents[$0] - first[$0]))
          }
          tiles.append(
            nnx_tile(
              voxel: Int32(output.frame.index(first[0], first[1], first[2])),
              extents: (left[0], left[1], left[2])))
        }
      }
    }
    (self.windows, self.tiles) = (windows, tiles)
    inPhases = tiles.count <= Self.mostTilesInPhases
    columns =
      inPhases
      ? tiles.count
      : Self.columns(variant.points * (sources.count + output.blocks) * kernels.lanes, kernels)
  }

  var weightBytes: Int { weights.values.bytes }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try weights.load(source, threads, kernels)
  }

  /// Up to so many tiles, weights are larger than the points of all tiles together.
  private static let mostTilesInPhases = 128
  /// Floats of a block's points and products: a share of the third cache.
  private static let floatsInBlock = 512 * 1024

  /// A multiple of the register tile such that a block's points and products stay in the caches.
  private static func columns(_ floatsPerTile: Int, _ kernels: Kernels) -> Int {
    let tile = unsafe Int(kernels.table.columns)
    return min(max(floatsInBlock / floatsPerTile / tile, 2), 8) * tile
  }

  private var blocks: Int { (tiles.count + columns - 1) / columns }
  /// Floats from one channel block to the next: odd tiles, so that blocks spread over the cache.
  private var segment: Int { (columns | 1) * output.lanes }

  /// Floats from one point to the next: an odd number of cache lines, because a tile's points are written
  /// one after the other, and a power of two would crowd them into a few places of the first cache.
  private func pointStride(_ blocks: Int) -> Int {
    let line = 16
    return ((blocks * segment + line - 1) / line | 1) * line
  }

  var needs: Scratch.Needs {
    Scratch.Needs(
      left: variant.points * pointStride(sources.count),
      product: variant.points * pointStride(output.blocks),
      sums: blocks * output.blocks * 2 * output.lanes)
  }

  func run(_ pass: Pass) {
    let slot = output.blocks * 2 * output.lanes
    unsafe pass.scratch.sums.update(repeating: 0, count: blocks * slot)
    if inPhases {
      runInPhases(pass)
    } else {
      pass.threads.forEach(blocks) { block, worker in
        let first = block * columns
        let range = first..<min(first + columns, tiles.count)
        let left = unsafe pass.scratch.left(worker)
        let product = unsafe pass.scratch.product(worker)
        unsafe transform(range, 0..<sources.count, left, pass.kernels)
        for point in 0..<variant.points {
          unsafe multiply(point, range.count, left, product, pass.kernels)
        }
        let sums = unsafe pass.scratch.sums + block * slot
        unsafe restore(range, 0..<output.blocks, product, sums, pass.kernels)
      }
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: blocks, pass)
  }

  private func runInPhases(_ pass: Pass) {
    let left = unsafe pass.scratch.left(0)
    let product = unsafe pass.scratch.product(0)
    let range = 0..<tiles.count
    pass.threads.forEach(sources.count) { block, _ in
      unsafe transform(range, block..<block + 1, left, pass.kernels)
    }
    pass.threads.forEach(variant.points) { point, _ in
      unsafe multiply(point, range.count, left, product, pass.kernels)
    }
    pass.threads.forEach(output.blocks) { block, _ in
      unsafe restore(range, block..<block + 1, product, pass.scratch.sums, pass.kernels)
    }
  }

  /// The points of tiles, for some channel blocks.
  private func transform(
    _ range: Range<Int>, _ blocks: Range<Int>, _ left: UnsafeMutablePointer<Float>,
    _ kernels: Kernels
  ) {
    let frame = inputs[0].frame
    unsafe windows.withUnsafeBufferPointer { windows in
      unsafe kernels.table.winograd_input(
        variant.code, sources.base + blocks.lowerBound, Int32(blocks.count), frame.step(0, 1, 0),
        frame.step(1, 0, 0), windows.baseAddress! + range.lowerBound, Int32(range.count),
        left + blocks.lowerBound * segment, segment, pointStride(sources.count))
    }
  }

  private func multiply(
    _ point: Int, _ count: Int, _ left: UnsafePointer<Float>,
    _ product: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.multiply(
      left + point * pointStride(sources.count), segment, Int32(sources.count),
      weights.values.base + point * weights.pointStride,
      product + point * pointStride(output.blocks), segment, Int32(output.blocks), Int32(count))
  }

  /// The outputs of tiles, for some channel blocks.
  private func restore(
    _ range: Range<Int>, _ blocks: Range<Int>, _ product: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Double>, _ kernels: Kernels
  ) {
    let first = blocks.lowerBound
    let frame = output.frame
    unsafe tiles.withUnsafeBufferPointer { tiles in
      unsafe kernels.table.winograd_output(
        variant.code, product + first * segment, segment, pointStride(output.blocks),
        Int32(blocks.count), normalization.bias.base + first * output.lanes,
        normalization.scatterSlope, output.data + first * output.blockStride, output.blockStride,
        frame.step(0, 1, 0), frame.step(1, 0, 0), tiles.baseAddress! + range.lowerBound,
        Int32(range.count),
        normalization.needsSums ? sums + first * 2 * output.lanes : nil)
    }
  }
}

/// The transformed weights of a convolution: float[point][group][depth][width * lanes].
@safe struct WinogradWeights {
  let values: Buffer<Float>
  /// Floats from one point to the next.
  let pointStride: Int
  private let name: String
  private let variant: WinogradVariant
  private let channels: Int
  private let outStride: Int
  private let offsets: [Int32]

  /// Memory for the transform of tensor `name`; `load` fills it.
  init(
    _ name: String, variant: WinogradVariant, inputs: [FeatureMap], channels: Int, kernels: Kernels
  ) {
    (self.name, self.variant, self.channels) = (name, variant, channels)
    let taps = variant.kernel.reduce(1, *)
    offsets = PackedWeights.channelOfLane(inputs).map { Int32($0.map { $0 * taps } ?? -1) }
    outStride = inputs.reduce(0) { $0 + $1.channels } * taps
    pointStride = offsets.count * FeatureMap.blocks(channels, kernels.lanes) * kernels.lanes
    values = Buffer<Float>(variant.points * pointStride, staysInMemory: true)
  }

  /// Transforms the tensor, on all threads.
  ///
  /// - Throws: what `weights` throws.
  func load(
    _ weights: any WeightSource, _ threads: Threads, _ kernels: Kernels
  ) throws(NNXError) {
    let lanes = kernels.lanes
    let group = unsafe Int(kernels.table.group)
    let blocks = FeatureMap.blocks(channels, lanes)
    try weights.withTensor(name) { tensor in
      unsafe tensor.withUnsafeBufferPointer { tensor in
        threads.forEach((blocks + group - 1) / group) { index, _ in
          unsafe kernels.table.winograd_pack(
            variant.code, tensor.baseAddress, outStride, offsets, Int32(offsets.count),
            Int32(channels), Int32(index * group),
            values.base + index * group * offsets.count * lanes, pointStride)
        }
      }
    }
  }
}
