internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The taps of a convolution, packed, and their transform to Winograd's points:
/// float[group][depth][taps][width * lanes].
///
/// Taps take an eighth of the memory of their points in F(4,4,4).
@safe struct WinogradTaps {
  /// Channels of the inputs, padded to whole blocks.
  let depth: Int
  /// Output blocks.
  let blocks: Int
  private let variant: WinogradVariant
  private let packed: PackedWeights
  private let taps: Int

  /// Memory for the tensor `name`; `load` fills it.
  init(
    _ name: String, _ variant: WinogradVariant, inputs: [FeatureMap], output: FeatureMap,
    memory: WeightMemory, kernels: Kernels
  ) {
    self.variant = variant
    let taps = variant.kernel.reduce(1, *)
    self.taps = taps
    let channels = PackedWeights.channelOfLane(inputs)
    depth = channels.count
    blocks = output.blocks
    packed = PackedWeights(
      name, channels: output.channels, outStride: inputs.reduce(0) { $0 + $1.channels } * taps,
      offsets: channels.flatMap { channel in
        (0..<taps).map { tap in Int32(channel.map { $0 * taps + tap } ?? -1) }
      }, memory: memory, kernels: kernels)
  }

  var bytes: Int { packed.values.bytes }

  /// Packs the tensor, on all threads.
  ///
  /// - Throws: what `source` throws.
  func load(
    _ source: any WeightSource, _ threads: Threads, _ kernels: Kernels
  ) throws(NNXError) {
    try packed.load(source, threads, kernels)
  }

  /// The taps that points of some weights are made of: one run for each group of output blocks.
  ///
  /// - Parameter outBlocks: whole groups.
  /// - Returns: how many runs there are, and their floats.
  @unsafe func runs(
    _ outBlocks: Range<Int>, _ depths: Range<Int>,
    to runs: UnsafeMutablePointer<UnsafePointer<Float>?>,
    _ kernels: Kernels
  ) -> (count: Int, length: Int) {
    let group = unsafe Int(kernels.table.group)
    var count = 0
    for first in stride(from: outBlocks.lowerBound, to: outBlocks.upperBound, by: group) {
      unsafe runs[count] = unsafe UnsafePointer(start(first, depths.lowerBound, kernels))
      count += 1
    }
    return (count, depths.count * min(group, outBlocks.count) * taps * kernels.lanes)
  }

  /// Where the taps of a group of output blocks from a depth on begin.
  @unsafe private func start(
    _ block: Int, _ depth: Int, _ kernels: Kernels
  ) -> UnsafeMutablePointer<Float> {
    let width = min(unsafe Int(kernels.table.group), blocks - block)
    return unsafe packed.values.base + (block * self.depth + depth * width) * taps * kernels.lanes
  }

  /// The points `(z, all y, all x)` of some weights: float[point][group][depths.count][width * lanes], a
  /// point every `pointStride` floats.
  ///
  /// - Parameter outBlocks: whole groups.
  @unsafe func transform(
    z: Int, _ outBlocks: Range<Int>, _ depths: Range<Int>, to points: UnsafeMutablePointer<Float>,
    pointStride: Int, _ kernels: Kernels
  ) {
    let lanes = kernels.lanes
    let group = unsafe Int(kernels.table.group)
    for first in stride(from: outBlocks.lowerBound, to: outBlocks.upperBound, by: group) {
      let width = min(group, blocks - first)
      unsafe kernels.table.winograd_weights(
        variant.code, Int32(z),
        start(first, depths.lowerBound, kernels),
        Int32(depths.count), Int32(width),
        points + (first - outBlocks.lowerBound) * depths.count * lanes, pointStride)
    }
  }
}
