internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// Weights in the order in which the matrix product reads them: float[group][depth][width * lanes]
/// (`pack` of the kernels).
@safe struct PackedWeights {
  let values: Buffer<Float>
  /// Floats of one set of weights.
  let size: Int

  /// Packs tensor `name`, once for each of `starts`.
  ///
  /// - Parameters:
  ///   - channels: output channels.
  ///   - outStride: floats from one output channel to the next in the tensor.
  ///   - offsets: of each depth, in floats; -1 for a depth that is always 0.
  ///   - starts: what is added to the offsets, for each set.
  init(
    _ name: String, of weights: any WeightSource, channels: Int, outStride: Int,
    offsets: [Int32], starts: [Int] = [0], kernels: Kernels
  ) throws(NNXError) {
    let width = FeatureMap.blocks(channels, kernels.lanes) * kernels.lanes
    let size = offsets.count * width
    self.size = size
    let values = Buffer<Float>(size * starts.count)
    self.values = values
    try weights.withTensor(name) { tensor in
      unsafe tensor.withUnsafeBufferPointer { tensor in
        for (index, start) in starts.enumerated() {
          unsafe kernels.table.pack(
            tensor.baseAddress! + start, outStride, offsets, Int32(offsets.count), Int32(channels),
            values.base + index * size)
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
