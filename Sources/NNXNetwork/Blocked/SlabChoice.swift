internal import NNXModel
internal import NNXTensor

/// Which convolutions go slab by slab to save memory, and how.
struct SlabChoice {
  typealias Value = NetworkGraph.Value

  /// A convolution that writes its output over an input that nobody reads after it.
  struct Slide {
    var input: Value
    var output: Value
    /// Planes by which the two must be apart.
    var shift: Int
  }

  /// A map that is upsampled slab by slab, as the one convolution that reads it goes.
  struct Upsampling {
    var slabs: Slabs
    /// Output planes for each plane of the input.
    var factor: Int
  }

  /// In the order of the steps.
  private(set) var slides: [Slide] = []
  private(set) var upsamplings: [Value: Upsampling] = [:]

  init(_ graph: NetworkGraph, kernels: Kernels, threads: Threads) {
    var lastReader = [Int](repeating: -1, count: graph.shapes.count)
    for (index, step) in graph.steps.enumerated() {
      for value in step.inputs { lastReader[value] = index }
    }
    func blocks(_ value: Value) -> Int {
      FeatureMap.blocks(graph.shapes[value].channels, kernels.lanes)
    }
    for (index, step) in graph.steps.enumerated() {
      guard case .convolution(let layer) = step, layer.stride == [1, 1, 1],
        let slabs = graph.slabs(layer, threads: threads), slabs.savesMemory
      else { continue }
      if index > 0, case .upsampling(let upsampling) = graph.steps[index - 1],
        upsampling.output == layer.inputs[0], lastReader[upsampling.output] == index
      {
        upsamplings[upsampling.output] = Upsampling(slabs: slabs, factor: upsampling.factor[0])
      }
      let free = layer.inputs.first {
        upsamplings[$0] == nil && lastReader[$0] == index && blocks(layer.output) <= blocks($0)
      }
      if let free {
        slides.append(
          Slide(input: free, output: layer.output, shift: slabs.planes + layer.kernel[0] / 2))
      }
    }
  }
}
