internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// Weights in the order in which the matrix product reads them: float[group][depth][width * lanes]
/// (`pack` of the kernels).
@safe struct PackedWeights {
  let values: Buffer<Float>
  /// Floats of one set of weights.
  let size: Int
  private let name: String
  private let channels: Int
  private let outStride: Int
  private let offsets: [Int32]
  private let starts: [Int]

  /// Memory for tensor `name`, once for each of `starts`; `load` fills it.
  ///
  /// - Parameters:
  ///   - channels: output channels.
  ///   - outStride: floats from one output channel to the next in the tensor.
  ///   - offsets: of each depth, in floats; -1 for a depth that is always 0.
  ///   - starts: what is added to the offsets, for each set.
  ///   - memory: where they lie.
  init(
    _ name: String, channels: Int, outStride: Int, offsets: [Int32], starts: [Int] = [0],
    memory: WeightMemory, kernels: Kernels
  ) {
    (self.name, self.channels, self.outStride) = (name, channels, outStride)
    (self.offsets, self.starts) = (offsets, starts)
    size = offsets.count * FeatureMap.blocks(channels, kernels.lanes) * kernels.lanes
    values = memory.buffer(name, count: size * starts.count)
  }

  /// Packs the tensor, on all threads: each takes groups of output channels.
  ///
  /// - Throws: what `weights` throws.
  func load(
    _ weights: any WeightSource, _ threads: Threads, _ kernels: Kernels
  ) throws(NNXError) {
    let width = unsafe Int(kernels.table.group) * kernels.lanes
    let groups = (channels + width - 1) / width
    try weights.withTensor(name) { tensor in
      unsafe tensor.withUnsafeBufferPointer { tensor in
        threads.forEach(starts.count * groups) { piece, _ in
          let (index, group) = piece.quotientAndRemainder(dividingBy: groups)
          let first = group * width
          unsafe kernels.table.pack(
            tensor.baseAddress! + starts[index] + first * outStride, outStride, offsets,
            Int32(offsets.count), Int32(min(width, channels - first)),
            values.base + index * size + first * offsets.count)
        }
      }
    }
  }

  /// The input channel of each lane of concatenated maps, block by block; `nil` past a map's last
  /// channel.
  static func channelOfLane(_ inputs: [FeatureMap]) -> [Int?] {
    var list: [Int?] = []
    var first = 0
    for map in inputs {
      for lane in 0..<map.blocks * map.lanes {
        list.append(lane < map.channels ? first + lane : nil)
      }
      first += map.channels
    }
    return list
  }
}
