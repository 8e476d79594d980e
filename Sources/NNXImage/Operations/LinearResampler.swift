import CKernels
import NNXSystem
import NNXTensor

/// Brings volumes to another grid by linear interpolation, one slice of the result at a time, so that
/// the whole result never has to exist.
///
/// For logits and probabilities: nnU-Net's order 1 and, along a separate axis, order 0. Computed in
/// float32; nnU-Net computes in double and stores half or float32.
@safe package final class LinearResampler: @unchecked Sendable {
  /// Whose rule tells where samples lie.
  package enum Rule: Sendable {
    /// `skimage.transform.resize`: nnU-Net's default function.
    case scikitImage
    /// `torch.nn.functional.interpolate`: `resample_torch_fornnunet` and `resample_torch_simple`.
    case torch
  }

  /// Shapes before and after, `(z, y, x)`.
  package let inputShape: [Int]
  package let outputShape: [Int]
  private let axes: [LinearAxis]
  private let kernels: Kernels

  /// - Parameters:
  ///   - separateAxis: resampled by nearest neighbour; see `separateAxis`.
  ///   - rule: the default function's, unless plans name another.
  /// - Throws: `usage` when `NNX_KERNELS` names kernels that this processor cannot run.
  package convenience init(
    from inputShape: [Int], to outputShape: [Int], separateAxis: Int? = nil,
    rule: Rule = .scikitImage
  ) throws(NNXError) {
    self.init(
      from: inputShape, to: outputShape, separateAxis: separateAxis, rule: rule,
      kernels: try Kernels.chosen())
  }

  package init(
    from inputShape: [Int], to outputShape: [Int], separateAxis: Int?, rule: Rule, kernels: Kernels
  ) {
    precondition(inputShape.count == 3 && outputShape.count == 3, "no volumes")
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.kernels = kernels
    axes = (0..<3).map { axis in
      LinearAxis(
        from: inputShape[axis], to: outputShape[axis], isNearest: axis == separateAxis, rule)
    }
  }

  /// Whether the result is the input.
  var isIdentity: Bool { inputShape == outputShape }

  /// Floats of scratch memory that `row` and `plane` need; each thread has its own.
  package var scratchCount: Int { inputShape[2] }

  /// One slice of the result.
  ///
  /// - Parameters:
  ///   - z: of the slice in the result.
  ///   - input: one channel, `(z, y, x)` of `inputShape`.
  ///   - output: the slice, `(y, x)` of `outputShape`.
  package func plane(
    _ z: Int, of input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    for y in 0..<outputShape[1] {
      unsafe row(z, y, of: input, into: output + y * outputShape[2], scratch)
    }
  }

  /// One slice of the result, between tensors.
  ///
  /// - Parameters:
  ///   - channel: of `input`, `(c, z, y, x)` or `(z, y, x)`.
  ///   - start: where the slice begins in `output`.
  ///   - scratch: holds `scratchCount` numbers.
  package func plane(
    _ z: Int, of input: Tensor, channel: Int = 0, into output: Tensor, at start: Int = 0,
    _ scratch: Tensor
  ) {
    rows(
      0..<outputShape[1], ofPlane: z, of: input, from: (0, 0), channel: channel, into: output,
      at: start, scratch)
  }

  /// Rows of one slice of the result, from an input of which some planes and rows are held.
  ///
  /// - Parameters:
  ///   - rows: of the slice in the result; `count(along:of:)` tells which can be made.
  ///   - input: `(c, z, y, x)` or `(z, y, x)`, as long along x as `inputShape`.
  ///   - held: the first plane and row of it in `inputShape`.
  ///   - start: where the first row begins in `output`.
  ///   - scratch: holds `scratchCount` numbers.
  package func rows(
    _ rows: Range<Int>, ofPlane z: Int, of input: Tensor, from held: (z: Int, y: Int),
    channel: Int = 0, into output: Tensor, at start: Int = 0, _ scratch: Tensor
  ) {
    guard let last = rows.last else { return }
    let shape = Array(input.shape.suffix(3))
    let size = shape.reduce(1, *)
    precondition(channel >= 0 && (channel + 1) * size <= input.count && shape[2] == inputShape[2])
    precondition(start >= 0 && start + rows.count * outputShape[2] <= output.count)
    precondition(scratch.count >= scratchCount)
    let (lower, upper, _) = axes[0].samples(z)
    precondition(Int(lower) >= held.z && Int(upper) < held.z + shape[0], "a plane that is not held")
    let (front, back) = (axes[1].samples(rows.lowerBound).first, axes[1].samples(last).second)
    precondition(Int(front) >= held.y && Int(back) < held.y + shape[1], "a row that is not held")
    for y in rows {
      unsafe row(
        z, y, of: input.base + channel * size, held: (held.z, held.y, shape[1]),
        into: output.base + start + (y - rows.lowerBound) * outputShape[2], scratch.base)
    }
  }

  /// How many planes (axis 0) or rows (axis 1) of the result are made of the first `count` of the input.
  package func count(along axis: Int, of count: Int) -> Int {
    guard count < inputShape[axis] else { return outputShape[axis] }
    return axes[axis].second.firstIndex { $0 >= count } ?? outputShape[axis]
  }

  /// One row along x of the result.
  ///
  /// - Parameters:
  ///   - held: the first plane and row that `input` holds, and how many rows of each plane; `nil`: all.
  package func row(
    _ z: Int, _ y: Int, of input: UnsafePointer<Float>,
    held: (z: Int, y: Int, height: Int)? = nil, into output: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let (held, width) = (held ?? (0, 0, inputShape[1]), inputShape[2])
    let (lower, upper, zWeight) = axes[0].samples(z)
    let (front, back, yWeight) = axes[1].samples(y)
    func start(_ z: Int32, _ y: Int32) -> UnsafePointer<Float> {
      unsafe input + ((Int(z) - held.z) * held.height + Int(y) - held.y) * width
    }
    let blended: UnsafePointer<Float>
    if zWeight == 0 && yWeight == 0 {
      unsafe blended = start(lower, front)
    } else {
      let target = unsafe axes[2].isIdentity ? output : scratch
      let weights = [
        (1 - zWeight) * (1 - yWeight), (1 - zWeight) * yWeight, zWeight * (1 - yWeight),
        zWeight * yWeight,
      ]
      unsafe kernels.table.blend_rows(
        target, start(lower, front), start(lower, back), start(upper, front), start(upper, back),
        weights, width)
      if axes[2].isIdentity { return }
      unsafe blended = UnsafePointer(target)
    }
    if axes[2].isIdentity {
      unsafe output.update(from: blended, count: width)
    } else {
      unsafe kernels.table.blend_along(
        output, blended, axes[2].first, axes[2].second, axes[2].weights, outputShape[2])
    }
  }

  /// The whole result, for volumes that fit.
  ///
  /// - Parameter input: `(z, y, x)` of `inputShape`.
  package func resample(_ input: Tensor, threads: Threads = .all) -> Tensor {
    precondition(input.shape == inputShape, "\(input.shape) is not \(inputShape)")
    if isIdentity { return input }
    let output = Tensor(outputShape)
    let size = outputShape[1] * outputShape[2]
    let scratch = (0..<threads.count).map { _ in Buffer<Float>(scratchCount) }
    threads.forEach(outputShape[0]) { z, worker in
      unsafe plane(z, of: input.base, into: output.base + z * size, scratch[worker].base)
    }
    return output
  }
}

/// The two samples between which each sample of a resampled axis lies.
struct LinearAxis {
  private(set) var first: [Int32] = []
  private(set) var second: [Int32] = []
  /// Of the second sample.
  private(set) var weights: [Float] = []
  let isIdentity: Bool

  init(
    from inputCount: Int, to outputCount: Int, isNearest: Bool, _ rule: LinearResampler.Rule
  ) {
    isIdentity = inputCount == outputCount
    for k in 0..<outputCount {
      let (first, weight) =
        switch (rule, isNearest) {
        case (_, _) where isIdentity: (k, Float(0))
        case (.scikitImage, let isNearest):
          LinearAxis.scikitImage(AxisPlace(k, from: inputCount, to: outputCount), isNearest)
        case (.torch, let isNearest): LinearAxis.torch(k, inputCount, outputCount, isNearest)
        }
      self.first.append(Int32(first))
      second.append(Int32(min(first + 1, inputCount - 1)))
      weights.append(weight)
    }
  }

  func samples(_ k: Int) -> (first: Int32, second: Int32, weight: Float) {
    (first[k], second[k], weights[k])
  }

  /// As `AxisSamples`.
  private static func scikitImage(_ place: AxisPlace, _ isNearest: Bool) -> (Int, Float) {
    isNearest ? (place.nearest, 0) : (place.first, Float(place.share))
  }

  /// `interpolate(mode: "linear"…, align_corners: false)` and `"nearest-exact"`, in float32 as
  /// aten/src/ATen/native/UpSample.h computes them; PyTorch's builds round the product and the
  /// difference of a position once.
  private static func torch(
    _ k: Int, _ inputCount: Int, _ outputCount: Int, _ isNearest: Bool
  ) -> (Int, Float) {
    let scale = Float(inputCount) / Float(outputCount)
    if isNearest {
      return (min(Int((Float(k) + 0.5) * scale), inputCount - 1), 0)
    }
    let position = max(Float(-0.5).addingProduct(scale, Float(k) + 0.5), 0)
    let first = min(Int(position), inputCount - 1)
    return (first, min(max(position - Float(first), 0), 1))
  }
}
