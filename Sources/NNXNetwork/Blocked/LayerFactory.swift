internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// Makes the layer of each step of a network, on the maps of its memory plan.
struct LayerFactory {
  let graph: NetworkGraph
  let plan: MemoryPlan
  let maps: [FeatureMap?]
  let weights: any WeightSource
  let memory: WeightMemory
  let threads: Threads
  let kernels: Kernels

  /// - Parameter work: what the step works in.
  /// - Returns: `nil` for a step that another layer does on its way.
  /// - Throws: what `weights` throws.
  func layer(_ step: NetworkGraph.Step, _ work: WorkMemory) throws(NNXError) -> (any Layer)? {
    switch step {
    case .convolution(let layer): try convolution(layer, work)
    case .upsampling(let layer):
      plan.heldFrames[layer.output] == nil ? try upsampling(layer) : nil
    case .pooling(let input, let output, let window):
      Pooling(input: map(input), output: map(output), window: window)
    case .addition(let main, let skip, let output):
      Addition(
        main: map(main), skip: map(skip), output: map(output),
        slope: Float(graph.architecture.slope))
    case .head(let layer):
      try Head(
        layer, channels: graph.architecture.outputChannels, input: map(layer.input),
        weights: weights, memory: memory, kernels: kernels)
    }
  }

  private func map(_ value: NetworkGraph.Value) -> FeatureMap {
    guard let map = maps[value] else { preconditionFailure("the input is no feature map") }
    return map
  }

  private func convolution(
    _ layer: NetworkGraph.Convolution, _ work: WorkMemory
  ) throws(NNXError) -> any Layer {
    let output = map(layer.output)
    let normalization = try Normalization(
      layer, graph.architecture, weights: weights, output: output)
    if layer.inputs == [0] {
      return FirstConvolution(
        layer, normalization, shape: graph.shapes[0], output: output, memory: memory,
        kernels: kernels)
    }
    let inputs = layer.inputs.map(map)
    guard let variant = graph.winograd(layer), let frame = plan.frames[layer.inputs[0]] else {
      return DirectConvolution(
        layer, normalization, inputs: inputs, output: output, memory: memory, kernels: kernels)
    }
    guard let slabs = graph.slabs(layer, threads: threads) else {
      return WinogradInPhases(
        layer, normalization, variant: variant, inputs: inputs, output: output, work: work,
        memory: memory, kernels: kernels)
    }
    let order = WinogradConvolution.Order(
      slabs: slabs, slides: plan.slides[layer.output] != nil,
      isDescending: plan.slides[layer.output] == true,
      upsampler: try upsampler(of: layer.inputs[0], frame))
    return WinogradConvolution(
      layer, normalization, variant: variant, inputs: inputs, frame: frame, output: output,
      order: order, work: work, memory: memory, kernels: kernels)
  }

  private func upsampling(
    _ layer: NetworkGraph.Upsampling
  ) throws(NNXError) -> TransposedConvolution {
    try TransposedConvolution(
      layer, input: map(layer.input), output: map(layer.output), weights: weights,
      memory: memory, kernels: kernels)
  }

  /// What makes a value that is held a slab at a time.
  private func upsampler(
    of value: NetworkGraph.Value, _ frame: Frame
  ) throws(NNXError) -> SlabUpsampler? {
    guard plan.heldFrames[value] != nil else { return nil }
    for case .upsampling(let layer) in graph.steps where layer.output == value {
      return SlabUpsampler(
        try upsampling(layer), map: map(value), frame: frame, factor: layer.factor[0])
    }
    return nil
  }
}
