internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// A convolution of any kernel and stride as one matrix product: output voxels in pieces, each
/// gathered (with norm and activation), multiplied, and scattered to the output.
@safe final class DirectConvolution: Layer {
  let name: String
  private let inputs: [FeatureMap]
  private let sources: InputBlocks
  private let output: FeatureMap
  private let normalization: Normalization
  private let weights: PackedWeights
  private let kernel: [Int]
  private let stride: [Int]
  private let taps: [Int32]
  /// Output voxels in a piece.
  private let columns: Int
  private let pieces: Int

  init(
    _ layer: NetworkGraph.Convolution, _ normalization: Normalization, inputs: [FeatureMap],
    output: FeatureMap, memory: WeightMemory, kernels: Kernels
  ) {
    name = "\(layer.name) direct"
    self.inputs = inputs
    sources = InputBlocks(inputs)
    self.output = output
    self.normalization = normalization
    (kernel, stride) = (layer.kernel, layer.stride)
    let frame = inputs[0].frame
    let taps = PackedWeights.taps(layer.kernel).map {
      Int32(frame.step($0[0], $0[1], $0[2]))
    }
    self.taps = taps
    let lanes = kernels.lanes
    let channelOfLane = PackedWeights.channelOfLane(inputs)
    let channels = inputs.reduce(0) { $0 + $1.channels }
    var offsets: [Int32] = []
    for block in 0..<channelOfLane.count / lanes {
      for tap in taps.indices {
        for lane in 0..<lanes {
          let channel = channelOfLane[block * lanes + lane]
          offsets.append(Int32(channel.map { $0 * taps.count + tap } ?? -1))
        }
      }
    }
    weights = PackedWeights(
      "\(layer.name).weight", channels: output.channels, outStride: channels * taps.count,
      offsets: offsets, memory: memory, kernels: kernels)
    columns = Self.columns(depth: offsets.count, kernels)
    pieces = (output.frame.extents.reduce(1, *) + columns - 1) / columns
  }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try weights.load(source, threads, kernels)
  }

  /// A multiple of the register tile such that a piece's left operand fits the second cache.
  static func columns(depth: Int, _ kernels: Kernels) -> Int {
    let tile = unsafe Int(kernels.table.columns)
    let fitting = 64 * 1024 / depth / tile * tile
    return min(max(fitting, tile * 2), tile * 16)
  }

  /// Floats from one segment of a piece to the next: odd, so that segments spread over the cache.
  private var segment: Int { (columns | 1) * output.lanes }

  var needs: Scratch.Needs {
    Scratch.Needs(
      left: sources.count * taps.count * segment, product: output.blocks * segment,
      indices: 2 * columns, sums: pieces * output.blocks * 2 * output.lanes)
  }

  var facts: LayerProfile.Facts {
    LayerProfile.Facts(
      inputs, output, multiplications: output.frame.extents.reduce(1, *) * weights.values.count,
      weightBytes: LayerProfile.Facts.distant(weights.values.bytes, times: pieces))
  }

  func run(_ pass: Pass) {
    let table = unsafe pass.kernels.table
    let voxels = output.frame.extents.reduce(1, *)
    let slot = output.blocks * 2 * output.lanes
    pass.threads.forEach(pieces) { piece, worker in
      var clock = pass.clock(worker)
      let left = unsafe pass.scratch.left(worker)
      let product = unsafe pass.scratch.product(worker)
      let from = unsafe pass.scratch.indices(worker)
      let to = unsafe from + columns
      let count = min(columns, voxels - piece * columns)
      unsafe locate(piece * columns, count, from, to)
      unsafe table.gather(
        sources.base, Int32(sources.count), taps, Int32(taps.count), from, Int32(count), left,
        segment)
      clock.mark(.input)
      unsafe table.multiply(
        left, segment, Int32(sources.count * taps.count), weights.values.base, product, segment,
        Int32(output.blocks), Int32(count), 0, nil)
      clock.mark(.products)
      let sums = unsafe pass.scratch.sums + piece * slot
      unsafe sums.update(repeating: 0, count: slot)
      unsafe table.scatter(
        product, segment, Int32(output.blocks), normalization.bias.base,
        normalization.scatterSlope, output.data, output.blockStride, to, Int32(count),
        normalization.needsSums ? sums : nil)
      clock.mark(.output)
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: pieces, pass)
  }

  /// The first tap's input voxel and the output voxel of `count` outputs from number `first` on.
  private func locate(
    _ first: Int, _ count: Int, _ from: UnsafeMutablePointer<Int32>,
    _ to: UnsafeMutablePointer<Int32>
  ) {
    let extents = output.frame.extents
    let frame = inputs[0].frame
    var x = first % extents[2]
    var y = first / extents[2] % extents[1]
    var z = first / extents[2] / extents[1]
    for index in 0..<count {
      unsafe from[index] = Int32(
        frame.index(
          z * stride[0] - kernel[0] / 2, y * stride[1] - kernel[1] / 2,
          x * stride[2] - kernel[2] / 2))
      unsafe to[index] = Int32(output.frame.index(z, y, x))
      x += 1
      if x == extents[2] { (x, y) = (0, y + 1) }
      if y == extents[1] { (y, z) = (0, z + 1) }
    }
  }
}

extension PackedWeights {
  /// Offsets `(z, y, x)` of a kernel's taps in the order of its weights.
  static func taps(_ kernel: [Int]) -> [[Int]] {
    (0..<kernel.reduce(1, *)).map {
      [$0 / (kernel[1] * kernel[2]), $0 / kernel[2] % kernel[1], $0 % kernel[2]]
    }
  }
}
