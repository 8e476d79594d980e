package import NNXModel
package import NNXSystem
package import NNXTensor

/// How a network's convolutions are done.
package enum KernelChoice: String, CaseIterable, Sendable {
  /// By Winograd's method where that is expected to be faster.
  case fast
  /// Directly, by SIMD kernels.
  case direct
  /// By the plain engine.
  case plain
}

/// How far the fast kernels are from plain sums with a network's real weights: Winograd's method loses
/// digits where weights cancel, which only the weights can tell.
package struct KernelCheck: Equatable, Sendable {
  /// The set that was checked, as in `avx512`.
  package let kernels: String
  /// The fastest whose error is at most `tolerance`.
  package let choice: KernelChoice
  /// Of the fast kernels: what the layers are off, each at most, as a share of the range of its values;
  /// the sum over the layers (`LayerAudit`).
  package let error: Double

  /// Counts the changes of kernels, of their choice and of the check that make earlier checks void.
  package static let generation = 2

  /// The largest error that is let through.
  static let tolerance = 1e-3

  package init(kernels: String, choice: KernelChoice, error: Double) {
    (self.kernels, self.choice, self.error) = (kernels, choice, error)
  }

  /// Runs the network on a patch of noise of unit variance, which is what normalised images look like, and
  /// compares its layers with plain sums.
  ///
  /// - Parameter patch: of the model, `(z, y, x)`; a smaller one, cut into the same tiles, is checked where the
  ///   network allows it.
  /// - Throws: `unsupported-network`, `usage`, what `weights` throws.
  package init(
    _ architecture: Architecture, weights: any WeightSource, patch: [Int], threads: Threads,
    kernels: Kernels
  ) throws(NNXError) {
    let extents = Self.patch(architecture, within: patch)
    // Of variance 1: a uniform distribution's, up to √3.
    let input = Tensor(noise: [architecture.inputChannels] + extents, upTo: 1.732_050_8)
    func measure(_ usesWinograd: Bool) throws(NNXError) -> Double {
      try LayerAudit.error(
        architecture, weights: weights, input: input, cutAs: patch, usesWinograd: usesWinograd,
        threads: threads, kernels: kernels)
    }
    let error = try measure(true)
    let choice = try Self.choice(error) { () throws(NNXError) in try measure(false) }
    self.init(kernels: kernels.name, choice: choice, error: error)
  }

  /// The fastest kernels that are exact enough; an error that is not a number never is.
  ///
  /// - Parameters:
  ///   - fast: error of the fast kernels.
  ///   - direct: measures the error of direct convolutions.
  static func choice(
    _ fast: Double, direct: () throws(NNXError) -> Double
  ) throws(NNXError) -> KernelChoice {
    if fast <= tolerance { return .fast }
    return try direct() <= tolerance ? .direct : .plain
  }

  /// At least 32 voxels and two of the lowest stage along each axis, or the model's patch where that is
  /// smaller: enough for every way of cutting into tiles, at a fraction of the time.
  private static func patch(_ architecture: Architecture, within patch: [Int]) -> [Int] {
    (0..<3).map { axis in
      let stride = architecture.stages.reduce(1) { $0 * $1.stride[axis] }
      return min(patch[axis], max(2, (32 + stride - 1) / stride) * stride)
    }
  }
}
