internal import NNXModel

/// Where each value lies in one arena: values that are never alive together share memory.
struct MemoryPlan {
  /// For each value; the input has none.
  let frames: [Frame?]
  /// Offsets into the arena in floats.
  let offsets: [Int]
  /// Floats of the arena.
  let size: Int

  /// Blocks start at multiples of this many floats (a page).
  private static let alignment = 1024

  init(_ graph: NetworkGraph, lanes: Int) {
    let frames = Self.frames(graph)
    self.frames = frames
    // The result of an addition takes the place of its main input.
    var owner = Array(graph.shapes.indices)
    var birth = [Int](repeating: 0, count: owner.count)
    var death = [Int](repeating: -1, count: owner.count)
    for (index, step) in graph.steps.enumerated() {
      if case .addition(let main, _, let output) = step { owner[output] = owner[main] }
      if let output = step.output, owner[output] == output { birth[output] = index }
      for value in step.inputs + (step.output.map { [$0] } ?? []) { death[owner[value]] = index }
    }
    var offsets = [Int](repeating: 0, count: owner.count)
    var placed: [(value: Int, range: Range<Int>)] = []
    var size = 0
    func length(_ value: Int) -> Int {
      let floats =
        FeatureMap.blocks(graph.shapes[value].channels, lanes) * lanes * frames[value]!.voxels
      return (floats + Self.alignment - 1) / Self.alignment * Self.alignment
    }
    // Largest first, each at the lowest place that is free for its whole life.
    let values = owner.indices.filter { frames[$0] != nil && owner[$0] == $0 }
    for value in values.sorted(by: { (length($0), $1) > (length($1), $0) }) {
      let busy = placed.filter {
        birth[$0.value] <= death[value] && birth[value] <= death[$0.value]
      }
      .map(\.range).sorted { $0.lowerBound < $1.lowerBound }
      var start = 0
      for range in busy where start + length(value) > range.lowerBound {
        start = max(start, range.upperBound)
      }
      offsets[value] = start
      placed.append((value, start..<start + length(value)))
      size = max(size, start + length(value))
    }
    self.offsets = owner.map { offsets[$0] }
    self.size = size
  }

  /// The padding that the readers of each value need.
  private static func frames(_ graph: NetworkGraph) -> [Frame?] {
    var halo = [[Int]](repeating: [0, 0, 0], count: graph.shapes.count)
    var multiple = [[Int]](repeating: [1, 1, 1], count: graph.shapes.count)
    func widen(_ value: Int, _ other: [Int]) {
      halo[value] = zip(halo[value], other).map { max($0, $1) }
    }
    func round(_ value: Int, _ other: [Int]) {
      multiple[value] = zip(multiple[value], other).map { max($0, $1) }
    }
    for case .convolution(let layer) in graph.steps {
      let tile = graph.winograd(layer)?.step ?? [1, 1, 1]
      for input in layer.inputs {
        widen(input, layer.kernel.map { $0 / 2 })
        round(input, tile)
      }
    }
    // Maps that are read by one loop have one layout.
    for step in graph.steps {
      switch step {
      case .convolution(let layer):
        for input in layer.inputs {
          for other in layer.inputs {
            widen(input, halo[other])
            round(input, multiple[other])
          }
        }
      case .addition(let main, _, let output):
        widen(main, halo[output])
        widen(output, halo[main])
        round(main, multiple[output])
        round(output, multiple[main])
      default: break
      }
    }
    return graph.shapes.enumerated().map { value, shape in
      value == 0
        ? nil : Frame(extents: shape.extents, halo: halo[value], multiple: multiple[value])
    }
  }
}
