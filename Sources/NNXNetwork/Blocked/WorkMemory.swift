internal import NNXTensor

/// The part of a network's arena that a convolution works in while it runs: operands that all its threads
/// share. Before and after, feature maps lie there (`MemoryPlan`).
@safe struct WorkMemory {
  /// The first float; what it lies in must outlive it.
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ arena: Buffer<Float>, _ part: Range<Int>) {
    precondition(part.lowerBound >= 0 && part.upperBound <= arena.count)
    unsafe base = arena.base + part.lowerBound
    count = part.count
  }
}

extension NetworkGraph {
  /// Floats of the work memory of a step.
  func work(_ step: Step, threads: Threads, kernels: Kernels) -> Int {
    guard case .convolution(let layer) = step, let variant = winograd(layer) else { return 0 }
    func blocks(_ value: Value) -> Int { FeatureMap.blocks(shapes[value].channels, kernels.lanes) }
    let inputs = layer.inputs.reduce(0) { $0 + blocks($1) }
    let outputs = blocks(layer.output)
    return slabs(layer, threads: threads) == nil
      ? WinogradInPhases.work(
        variant, tiles: variant.tiles(shapes[layer.output].extents).reduce(1, *), inputs: inputs,
        outputs: outputs, lanes: kernels.lanes)
      : variant.points * inputs * outputs * kernels.lanes * kernels.lanes
  }
}
