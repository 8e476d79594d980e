internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// Compares the layers of the fast engine with their definitions, in double, while it runs a patch: each at
/// some voxels, in all channels, by what that layer itself has read.
///
/// The norm of a convolution is taken over all of its voxels. What differs is a share of the range of a
/// layer's values; over all layers it adds up to at least about what the logits are off, since a norm passes
/// on such a share as it is.
struct LayerAudit {
  private let graph: NetworkGraph
  private let weights: any WeightSource
  private let maps: [FeatureMap?]
  private let input: Tensor
  private let threads: Threads

  /// Voxels of a layer that are looked at, where it has as many.
  private static let samples = 64

  /// The sum of the errors of all layers on a patch; not a number where a value is none.
  ///
  /// - Parameters:
  ///   - patch: extents of the model's, which says how convolutions are cut into tiles.
  ///   - kernels: a set of this processor.
  /// - Throws: `unsupported-network`; what `weights` throws.
  static func error(
    _ architecture: Architecture, weights: any WeightSource, input: Tensor, cutAs patch: [Int],
    usesWinograd: Bool, threads: Threads, kernels: Kernels
  ) throws(NNXError) -> Double {
    let extents = Array(input.shape[1...])
    var graph = try NetworkGraph(architecture, patch: extents)
    graph.cutShapes = try NetworkGraph(architecture, patch: patch).shapes
    graph.usesWinograd = usesWinograd
    // In one slab a convolution leaves its input as it was, and no map is made on the way of another's.
    graph.limits.boxesInSlab = 1 << 20
    let engine = try BlockedEngine(
      graph, weights: weights, memory: WeightMemory(), threads: threads, kernels: kernels)
    try engine.load(weights, threads)
    precondition(engine.layers.count == graph.steps.count, "a layer that nobody can look at")
    let audit = LayerAudit(
      graph: graph, weights: weights, maps: engine.maps, input: input, threads: threads)
    let logits = Tensor([architecture.outputChannels] + extents)
    var pass = engine.pass(input, to: .patch(logits, accumulates: false))
    let state = Inspection(threads)
    pass.inspect = { state.look(at: $0) }
    var sum = 0.0
    for (layer, step) in zip(engine.layers, graph.steps) {
      // A sum is written over what it is made of.
      let before = audit.sum(step)
      layer.run(pass)
      sum += try audit.error(of: step, before, state, logits)
    }
    return sum
  }

  private func error(
    of step: NetworkGraph.Step, _ before: [[Double]], _ state: Inspection, _ logits: Tensor
  ) throws(NNXError) -> Double {
    switch step {
    case .convolution(let layer):
      let exact = try convolution(layer, state)
      return Self.error(state.found, exact)
    case .upsampling(let layer):
      return Self.error(found(layer.output), try upsampled(layer))
    case .pooling(let from, let output, let window):
      return Self.error(found(output), averages(from, output, window))
    case .addition(_, _, let output):
      return Self.error(found(output), before)
    case .head(let layer):
      return try error(layer, logits)
    }
  }

  /// The largest difference as a share of the range of what is expected.
  private static func error(_ found: [[Double]], _ expected: [[Double]]) -> Double {
    var (low, high, largest) = (Double.infinity, -Double.infinity, 0.0)
    for (found, expected) in zip(found, expected) {
      for (found, expected) in zip(found, expected) {
        (low, high) = (min(low, expected), max(high, expected))
        let difference = abs(found - expected)
        // Once it is not a number it stays so.
        if difference.isNaN || difference > largest { largest = difference }
      }
    }
    return largest == 0 ? 0 : largest / (high - low)
  }

  // MARK: What is expected; for each sampled voxel, all channels

  /// The values of a convolution after its norm, before the activation that is left to its readers.
  private func convolution(
    _ layer: NetworkGraph.Convolution, _ state: Inspection
  ) throws(NNXError) -> [[Double]] {
    let shape = graph.shapes[layer.output]
    let normalization = try ExactNorm(layer, graph.architecture, weights, state)
    let places = Self.places(shape.extents)
    let fields = threads.map(places.count) { field(layer, places[$0]) }
    var values = try products("\(layer.name).weight", fields, outs: shape.channels)
    for sample in values.indices {
      for channel in 0..<shape.channels {
        values[sample][channel] = normalization.value(values[sample][channel], channel)
      }
    }
    return values
  }

  /// What a voxel of a convolution reads, in the order of its weights: `(in, z, y, x)`.
  private func field(_ layer: NetworkGraph.Convolution, _ place: [Int]) -> [Double] {
    var values: [Double] = []
    let taps = PackedWeights.taps(layer.kernel)
    for value in layer.inputs {
      let size = graph.shapes[value].extents
      let voxels = taps.map { tap in
        let at = (0..<3).map { place[$0] * layer.stride[$0] + tap[$0] - layer.kernel[$0] / 2 }
        let isInside = (0..<3).allSatisfy { at[$0] >= 0 && at[$0] < size[$0] }
        return isInside ? voxel(value, at) : nil
      }
      for channel in 0..<graph.shapes[value].channels {
        for voxel in voxels { values.append(voxel.map { number(value, channel, $0) } ?? 0) }
      }
    }
    return values
  }

  private func upsampled(_ layer: NetworkGraph.Upsampling) throws(NNXError) -> [[Double]] {
    let (shape, from) = (graph.shapes[layer.output], graph.shapes[layer.input])
    let factor = layer.factor
    let taps = factor.reduce(1, *)
    let bias = layer.hasBias ? try vector("\(layer.name).bias") : nil
    let places = Self.places(shape.extents)
    return try weights.withTensor("\(layer.name).weight") { weight in
      places.map { place in
        let tap =
          (place[0] % factor[0] * factor[1] + place[1] % factor[1]) * factor[2]
          + place[2] % factor[2]
        var sums = bias ?? [Double](repeating: 0, count: shape.channels)
        for channel in 0..<from.channels {
          let value = value(layer.input, channel, (0..<3).map { place[$0] / factor[$0] })
          for out in 0..<shape.channels {
            sums[out] += value * Double(weight[(channel * shape.channels + out) * taps + tap])
          }
        }
        return sums
      }
    }
  }

  private func averages(_ from: Int, _ output: Int, _ window: [Int]) -> [[Double]] {
    let taps = PackedWeights.taps(window)
    return Self.places(graph.shapes[output].extents).map { place in
      (0..<graph.shapes[output].channels).map { channel in
        taps.reduce(0) { sum, tap in
          sum + value(from, channel, (0..<3).map { place[$0] * window[$0] + tap[$0] })
        } / Double(taps.count)
      }
    }
  }

  /// Of an addition, before it runs; empty for other steps.
  private func sum(_ step: NetworkGraph.Step) -> [[Double]] {
    guard case .addition(let main, let skip, let output) = step else { return [] }
    return Self.places(graph.shapes[output].extents).map { place in
      (0..<graph.shapes[output].channels).map { channel in
        let sum = value(main, channel, place) + value(skip, channel, place)
        return sum < 0 ? sum * graph.architecture.slope : sum
      }
    }
  }

  private func error(_ layer: NetworkGraph.Head, _ logits: Tensor) throws(NNXError) -> Double {
    let shape = graph.shapes[layer.input]
    let classes = logits.shape[0]
    let bias = layer.hasBias ? try vector("head.bias") : [Double](repeating: 0, count: classes)
    let places = Self.places(shape.extents)
    let fields = places.map { place in
      (0..<shape.channels).map { value(layer.input, $0, place) }
    }
    let expected = try products("head.weight", fields, outs: classes).map { sums in
      zip(sums, bias).map { $0 + $1 }
    }
    let voxels = shape.extents.reduce(1, *)
    let found = places.map { place in
      let voxel = (place[0] * shape.extents[1] + place[1]) * shape.extents[2] + place[2]
      return logits.withSpan { logits in
        (0..<classes).map { Double(logits[$0 * voxels + voxel]) }
      }
    }
    return Self.error(found, expected)
  }

  // MARK: Parts

  /// For each field, its product with the weights of each output channel.
  private func products(
    _ name: String, _ fields: [[Double]], outs: Int
  ) throws(NNXError) -> [[Double]] {
    try weights.withTensor(name) { values in
      let depth = values.count / outs
      let columns = threads.map(outs) { out in
        unsafe values.withUnsafeBufferPointer { values in
          fields.map { field in
            precondition(field.count == depth, "a field of another size than \(name)")
            return unsafe field.withUnsafeBufferPointer {
              unsafe Kernels.dot(values.baseAddress! + out * depth, $0.baseAddress!, depth)
            }
          }
        }
      }
      return fields.indices.map { field in columns.map { $0[field] } }
    }
  }

  private func vector(_ name: String) throws(NNXError) -> [Double] {
    try weights.withTensor(name) { values in values.indices.map { Double(values[$0]) } }
  }

  /// What readers of a value take for its voxel `(z, y, x)`.
  private func value(_ value: NetworkGraph.Value, _ channel: Int, _ place: [Int]) -> Double {
    number(value, channel, voxel(value, place))
  }

  /// The place of a voxel in a channel of a map, or of the input.
  private func voxel(_ value: NetworkGraph.Value, _ place: [Int]) -> Int {
    if let map = maps[value] { return map.frame.index(place[0], place[1], place[2]) }
    let size = graph.shapes[value].extents
    return (place[0] * size[1] + place[1]) * size[2] + place[2]
  }

  private func number(_ value: NetworkGraph.Value, _ channel: Int, _ voxel: Int) -> Double {
    if let map = maps[value] { return map.value(channel, voxel) }
    let voxels = input.count / input.shape[0]
    return input.withSpan { Double($0[channel * voxels + voxel]) }
  }

  private func found(_ value: NetworkGraph.Value) -> [[Double]] {
    let shape = graph.shapes[value]
    return Self.places(shape.extents).map { place in
      (0..<shape.channels).map { self.value(value, $0, place) }
    }
  }

  /// The corners, and voxels by chance that are the same in every run; all where there are few.
  static func places(_ extents: [Int]) -> [[Int]] {
    let count = extents.reduce(1, *)
    func place(_ index: Int) -> [Int] {
      [index / (extents[1] * extents[2]), index / extents[2] % extents[1], index % extents[2]]
    }
    if count <= samples { return (0..<count).map(place) }
    let corners = (0..<8).map { corner in
      (0..<3).map { corner >> $0 & 1 == 0 ? 0 : extents[$0] - 1 }
    }
    var noise = UniformNoise()
    return corners
      + (8..<samples).map { _ in
        place(min(count - 1, Int((Double(noise.next()) + 1) / 2 * Double(count))))
      }
  }
}
