internal import NNXModel

/// The padding of each value: what its readers need.
enum FramePlan {
  /// - Returns: a frame for each value; the input has none.
  static func frames(_ graph: NetworkGraph, slides: [SlabChoice.Slide]) -> [Frame?] {
    var halo = [[Int]](repeating: [0, 0, 0], count: graph.shapes.count)
    var multiple = [[Int]](repeating: [1, 1, 1], count: graph.shapes.count)
    for case .convolution(let layer) in graph.steps {
      let tile = graph.winograd(layer)?.step ?? [1, 1, 1]
      for input in layer.inputs {
        halo[input] = most(halo[input], layer.kernel.map { $0 / 2 })
        multiple[input] = most(multiple[input], tile)
      }
    }
    // Maps that are read by one loop, or lie in one place, have one layout.
    let alike = groups(graph, slides)
    var isSettled = false
    while !isSettled {
      isSettled = true
      for group in alike {
        let widest = group.reduce([0, 0, 0]) { most($0, halo[$1]) }
        let coarsest = group.reduce([1, 1, 1]) { most($0, multiple[$1]) }
        for value in group where halo[value] != widest || multiple[value] != coarsest {
          (halo[value], multiple[value]) = (widest, coarsest)
          isSettled = false
        }
      }
    }
    return graph.shapes.enumerated().map { value, shape in
      value == 0
        ? nil : Frame(extents: shape.extents, halo: halo[value], multiple: multiple[value])
    }
  }

  /// Groups of values that must have the same frame.
  private static func groups(
    _ graph: NetworkGraph, _ slides: [SlabChoice.Slide]
  ) -> [[NetworkGraph.Value]] {
    graph.steps.compactMap { step in
      switch step {
      case .convolution(let layer): layer.inputs.count > 1 ? layer.inputs : nil
      case .addition(let main, _, let output): [main, output]
      default: nil
      }
    } + slides.map { [$0.input, $0.output] }
  }

  private static func most(_ a: [Int], _ b: [Int]) -> [Int] { zip(a, b).map { max($0, $1) } }
}
