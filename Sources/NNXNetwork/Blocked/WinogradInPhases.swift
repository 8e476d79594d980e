internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// A Winograd convolution with few tiles and many weights: all tiles go through one phase after the
/// other, and weights are transformed on the way.
///
/// Points of weights are eight times their taps, and each is used for few tiles: making them takes hardly
/// longer than reading them from memory would. The first phase is cut by input channels, the second by slices
/// of points and output channels, the third by output channels.
@safe final class WinogradInPhases: Layer {
  let name: String
  private let tiles: WinogradTiles
  private let inputs: [FeatureMap]
  private let sources: InputBlocks
  private let output: FeatureMap
  private let normalization: Normalization
  private let taps: WinogradTaps
  private let work: WorkMemory
  /// Output blocks whose weights are transformed together: whole groups.
  private let blocksAtOnce: Int
  /// Input blocks whose weights are transformed together.
  private let depthAtOnce: Int

  /// Floats of the weights that are transformed together, for the second cache.
  private static let floatsAtOnce = 96 * 1024

  init(
    _ layer: NetworkGraph.Convolution, _ normalization: Normalization, variant: WinogradVariant,
    inputs: [FeatureMap], output: FeatureMap, work: WorkMemory, memory: WeightMemory,
    kernels: Kernels
  ) {
    self.work = work
    name = "\(layer.name) \(variant)"
    let counts = variant.tiles(output.frame.extents)
    tiles = WinogradTiles(
      variant, normalization, inputs: inputs, frame: inputs[0].frame, output: output,
      boxes: TileBox.cut(0..<counts[0], of: counts, first: 0, most: counts[1] * counts[2]),
      holdsAll: true)
    self.inputs = inputs
    sources = InputBlocks(inputs)
    self.output = output
    self.normalization = normalization
    taps = WinogradTaps(
      "\(layer.name).weight", variant, inputs: inputs, output: output, memory: memory,
      kernels: kernels)
    blocksAtOnce = min(2 * (unsafe Int(kernels.table.group)), output.blocks)
    let lanes = kernels.lanes
    depthAtOnce = min(
      max(1, Self.floatsAtOnce / (variant.pointsInSlice * blocksAtOnce * lanes * lanes)),
      sources.count)
    precondition(variant.points * (tiles.leftStride + tiles.productStride) <= work.count)
  }

  /// Floats of the points and products of all tiles.
  ///
  /// - Parameters: blocks of channels.
  static func work(
    _ variant: WinogradVariant, tiles: Int, inputs: Int, outputs: Int, lanes: Int
  ) -> Int {
    let segment = WinogradTiles.segment(tiles, lanes: lanes)
    return variant.points
      * (WinogradTiles.spread(inputs * segment) + WinogradTiles.spread(outputs * segment))
  }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try taps.load(source, threads, kernels)
  }

  private var variant: WinogradVariant { tiles.variant }
  private var weightStride: Int {
    WinogradTiles.spread(blocksAtOnce * depthAtOnce * output.lanes * output.lanes)
  }

  var needs: Scratch.Needs {
    Scratch.Needs(
      planes: tiles.planesStride, slices: tiles.slicesPerBlock,
      weights: variant.pointsInSlice * weightStride, runs: blocksAtOnce,
      sums: output.blocks * 2 * output.lanes)
  }

  private var sets: Int { (output.blocks + blocksAtOnce - 1) / blocksAtOnce }
  /// Of the points of all tiles.
  private var leftBytes: Int { variant.points * tiles.leftStride * MemoryLayout<Float>.stride }
  /// Either all taps are read for each slice of points, or all points for each set of output blocks.
  private var goesByPoints: Bool { variant.slices * taps.bytes < sets * leftBytes }

  var facts: LayerProfile.Facts {
    let lanes = output.lanes
    let products = variant.points * tiles.productStride * MemoryLayout<Float>.stride
    return LayerProfile.Facts(
      inputs, output,
      multiplications: tiles.count * variant.points * sources.count * output.blocks * lanes * lanes,
      weightBytes: LayerProfile.Facts.distant(taps.bytes, times: goesByPoints ? variant.slices : 1),
      sharedBytes: leftBytes
        + LayerProfile.Facts.distant(leftBytes, times: goesByPoints ? 1 : sets) + 2 * products)
  }

  func run(_ pass: Pass) {
    let left = unsafe work.base
    let product = unsafe work.base + variant.points * tiles.leftStride
    unsafe pass.scratch.sums.update(repeating: 0, count: output.blocks * 2 * output.lanes)
    pass.threads.forEach(sources.count) { block, worker in
      var clock = pass.clock(worker)
      unsafe transform(block, pass.scratch.planes(worker), to: left, pass.kernels)
      clock.mark(.input)
    }
    pass.threads.forEach(variant.slices * sets) { piece, worker in
      unsafe multiply(
        piece, left, product, weights: pass.scratch.weights(worker), worker, pass)
    }
    pass.threads.forEach(output.blocks) { block, worker in
      var clock = pass.clock(worker)
      unsafe restore(
        block, product, pass.scratch.slices(worker), pass.scratch.sums, pass.kernels)
      clock.mark(.output)
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: 1, pass)
  }

  /// All points of an input block.
  private func transform(
    _ block: Int, _ planes: UnsafeMutablePointer<Float>, to left: UnsafeMutablePointer<Float>,
    _ kernels: Kernels
  ) {
    for box in tiles.boxes.indices {
      unsafe tiles.load(box, block..<block + 1, of: sources, to: planes, kernels)
      for slice in 0..<variant.slices {
        unsafe tiles.transform(
          box, slice: slice, 1, planes,
          to: left + slice * variant.pointsInSlice * tiles.leftStride + block * tiles.segment
            + tiles.boxes[box].first * output.lanes, kernels)
      }
    }
  }

  /// The outputs of an output block.
  private func restore(
    _ block: Int, _ product: UnsafePointer<Float>, _ slices: UnsafeMutablePointer<Float>,
    _ sums: UnsafeMutablePointer<Double>, _ kernels: Kernels
  ) {
    for box in tiles.boxes.indices {
      for slice in 0..<variant.slices {
        unsafe tiles.restore(
          box, slice: slice, 1,
          product + slice * variant.pointsInSlice * tiles.productStride + block * tiles.segment
            + tiles.boxes[box].first * output.lanes, to: slices, kernels)
      }
      unsafe tiles.store(box, block..<block + 1, slices, sums, kernels)
    }
  }

  /// A slice of points, and the output blocks whose weights are transformed together.
  private func piece(_ number: Int) -> (slice: Int, outBlocks: Range<Int>) {
    let slices = variant.slices
    let (slice, set) =
      goesByPoints ? (number / sets, number % sets) : (number % slices, number / slices)
    let first = set * blocksAtOnce
    return (slice, first..<min(first + blocksAtOnce, output.blocks))
  }

  private func inBlocks(from first: Int) -> Range<Int> {
    first..<min(first + depthAtOnce, sources.count)
  }

  /// The products of a piece.
  private func multiply(
    _ number: Int, _ left: UnsafePointer<Float>, _ product: UnsafeMutablePointer<Float>,
    weights: UnsafeMutablePointer<Float>, _ worker: Int, _ pass: Pass
  ) {
    let (lanes, kernels) = (output.lanes, pass.kernels)
    let (slice, outBlocks) = piece(number)
    var clock = pass.clock(worker)
    for first in stride(from: 0, to: sources.count, by: depthAtOnce) {
      let inBlocks = inBlocks(from: first)
      unsafe taps.transform(
        z: slice, outBlocks, inBlocks.lowerBound * lanes..<inBlocks.upperBound * lanes, to: weights,
        pointStride: weightStride, kernels)
      clock.mark(.weights)
      var ahead = unsafe tapsAfter(number, first, to: pass.scratch.runs(worker), pass)
      for index in 0..<variant.pointsInSlice {
        let point = slice * variant.pointsInSlice + index
        unsafe kernels.table.multiply(
          left + point * tiles.leftStride + first * tiles.segment, tiles.segment,
          Int32(inBlocks.count), weights + index * weightStride,
          product + point * tiles.productStride + outBlocks.lowerBound * tiles.segment,
          tiles.segment, Int32(outBlocks.count), Int32(tiles.count), first > 0 ? 1 : 0, &ahead)
      }
      clock.mark(.products)
    }
  }

  /// The taps that are transformed after some input blocks of a piece, which the products fetch.
  @unsafe private func tapsAfter(
    _ number: Int, _ first: Int, to runs: UnsafeMutablePointer<UnsafePointer<Float>?>, _ pass: Pass
  ) -> nnx_ahead {
    var next = (number: number, first: first + depthAtOnce)
    if next.first >= sources.count {
      // Each of the other threads most likely takes a piece before.
      next = (min(number + pass.threads.count, variant.slices * sets - 1), 0)
    }
    let (lanes, kernels) = (output.lanes, pass.kernels)
    let (outBlocks, inBlocks) = (piece(next.number).outBlocks, inBlocks(from: next.first))
    let (count, length) = unsafe taps.runs(
      outBlocks, inBlocks.lowerBound * lanes..<inBlocks.upperBound * lanes, to: runs, kernels)
    return unsafe nnx_ahead(
      runs, count: count, length: length,
      steps: variant.pointsInSlice
        * kernels.steps(
          self.inBlocks(from: first).count, blocks: piece(number).outBlocks.count,
          columns: tiles.count))
  }
}
