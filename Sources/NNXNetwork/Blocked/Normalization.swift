internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The end of a convolution: from the sums of its output to scale and shift of each channel.
@safe struct Normalization {
  private let output: FeatureMap
  private let gamma: [Float]
  private let beta: [Float]
  /// Added by the convolution's scatter to each channel: float[blocks * lanes].
  let bias: Buffer<Float>
  /// Activation that the scatter applies; 1 is none.
  let scatterSlope: Float
  private let epsilon: Double
  /// Running statistics of a batch norm.
  private let fixed: (means: [Float], variances: [Float])?

  /// - Parameter output: where the convolution writes; gets scale and shift.
  init(
    _ layer: NetworkGraph.Convolution, _ architecture: Architecture, weights: any WeightSource,
    output: FeatureMap
  ) throws(NNXError) {
    func vector(_ name: String) throws(NNXError) -> [Float] {
      try weights.withTensor("\(layer.norm).\(name)") { values in
        values.indices.map { values[$0] }
      }
    }
    self.output = output
    gamma = try vector("weight")
    beta = try vector("bias")
    bias = Buffer(output.blocks * output.lanes)
    scatterSlope =
      architecture.activationFirst && layer.activates ? Float(architecture.slope) : 1
    var adds = false
    switch architecture.norm {
    case .instance(let value):
      (epsilon, fixed) = (value, nil)
      // Without an activation in between, the norm subtracts the bias again.
      adds = scatterSlope != 1
    case .batch(let value):
      (epsilon, fixed) = (value, (try vector("running_mean"), try vector("running_var")))
      adds = true
    case .group, .filterResponse, .none:
      preconditionFailure("Network gives \(architecture.norm) to the plain engine")
    }
    if layer.hasBias, adds {
      let target = bias
      try weights.withTensor("\(layer.name).bias") { values in
        for index in values.indices { unsafe target.base[index] = values[index] }
      }
    }
  }

  /// Whether sums must be collected.
  var needsSums: Bool { fixed == nil }

  /// Sets scale and shift of the output, then fills its padding.
  ///
  /// - Parameters:
  ///   - sums: double[pieces][blocks][2][lanes], sums and sums of squares; added piece by piece, so
  ///     that the order never depends on the threads.
  func finish(_ sums: UnsafePointer<Double>, pieces: Int, _ pass: Pass) {
    let start = pass.meter == nil ? 0 : ProcessFacts.monotonicSeconds
    let lanes = output.lanes
    let voxels = Double(output.frame.extents.reduce(1, *))
    for channel in 0..<output.channels {
      var mean: Double
      var variance: Double
      if let fixed {
        (mean, variance) = (Double(fixed.means[channel]), Double(fixed.variances[channel]))
      } else {
        (mean, variance) = (0, 0)
        let offset = channel / lanes * 2 * lanes + channel % lanes
        for piece in 0..<pieces {
          let slot = unsafe sums + piece * output.blocks * 2 * lanes + offset
          unsafe mean += slot[0]
          unsafe variance += slot[lanes]
        }
        mean /= voxels
        variance = max(0, variance / voxels - mean * mean)
      }
      let scale = Double(gamma[channel]) / (variance + epsilon).squareRoot()
      unsafe output.scale.base[channel] = Float(scale)
      unsafe output.shift.base[channel] = Float(Double(beta[channel]) - mean * scale)
    }
    pass.inspect?(output)
    output.finish(pass.threads, pass.kernels)
    if let meter = pass.meter {
      // All threads work here or wait for it.
      let time = ProcessFacts.monotonicSeconds - start
      for worker in 0..<pass.threads.count { meter.add(.norm, time, worker: worker) }
    }
  }
}
