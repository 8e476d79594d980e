internal import CKernels

/// How a convolution is cut into Winograd tiles (`generic/winograd.inc`).
enum WinogradVariant: CaseIterable {
  /// Stride 1.
  case f444, f244, f144, f222
  /// Stride 2.
  case s444, s144
  /// Stride 1 along z, 2 along y and x.
  case m444
  /// Kernels that are 1 along y, stride 1 and 2.
  case f414, s414

  /// The number that kernels know it by.
  var code: Int32 {
    switch self {
    case .f444: Int32(NNX_F444)
    case .f244: Int32(NNX_F244)
    case .f144: Int32(NNX_F144)
    case .f222: Int32(NNX_F222)
    case .s444: Int32(NNX_S444)
    case .s144: Int32(NNX_S144)
    case .m444: Int32(NNX_M444)
    case .f414: Int32(NNX_F414)
    case .s414: Int32(NNX_S414)
    }
  }

  /// Outputs of a tile, `(z, y, x)`.
  var outputs: [Int] {
    switch self {
    case .f444, .s444, .m444: [4, 4, 4]
    case .f244: [2, 4, 4]
    case .f144, .s144: [1, 4, 4]
    case .f222: [2, 2, 2]
    case .f414, .s414: [4, 1, 4]
    }
  }

  /// Kernel, `(z, y, x)`.
  var kernel: [Int] {
    switch self {
    case .f144, .s144: [1, 3, 3]
    case .f414, .s414: [3, 1, 3]
    default: [3, 3, 3]
    }
  }

  /// Stride, `(z, y, x)`.
  var stride: [Int] {
    switch self {
    case .f444, .f244, .f144, .f222, .f414: [1, 1, 1]
    case .s444: [2, 2, 2]
    case .s414: [2, 1, 2]
    case .s144, .m444: [1, 2, 2]
    }
  }

  /// The same products for a convolution within slices when its rows are taken for slices, which makes a
  /// sixth or a ninth of its points at a time; `nil` where there is nothing to turn.
  var turned: WinogradVariant? {
    switch self {
    case .f144: .f414
    case .s144: .s414
    default: nil
    }
  }

  /// Products of a tile for each pair of an input and an output channel.
  var points: Int { slices * pointsInSlice }

  /// Points along z.
  var slices: Int { points(along: 0) }

  /// Points that share their place along z.
  var pointsInSlice: Int { points(along: 1) * points(along: 2) }

  private func points(along axis: Int) -> Int {
    stride[axis] == 2 ? 9 : outputs[axis] + kernel[axis] - 1
  }

  /// Inputs from one tile to the next, `(z, y, x)`.
  var step: [Int] { zip(outputs, stride).map { $0 * $1 } }

  /// Inputs that so many tiles along an axis need.
  func window(_ tiles: Int, along axis: Int) -> Int {
    step[axis] * (tiles - 1) + points(along: axis)
  }

  /// Tiles along `(z, y, x)` that cover `extents`.
  func tiles(_ extents: [Int]) -> [Int] { zip(extents, outputs).map { ($0 + $1 - 1) / $1 } }

  /// Whether so few tiles cover `extents` that a layer's weights outweigh the points of all of them.
  func goesInPhases(_ extents: [Int], _ limits: WorkLimits) -> Bool {
    tiles(extents).reduce(1, *) <= limits.tilesInPhases
  }

  /// The variant that is expected to be fastest for a convolution to `extents`, and what it is expected
  /// to cost in multiplications; without a variant it is better done directly.
  static func best(
    kernel: [Int], stride: [Int], inputs: Int, channels: Int, extents: [Int], limits: WorkLimits
  ) -> (variant: WinogradVariant?, cost: Double) {
    let pairs = Double(inputs * channels)
    let voxels = Double(extents.reduce(1, *))
    let taps = Double(kernel.reduce(1, *))
    var best: (variant: WinogradVariant?, cost: Double) = (
      nil, taps * (voxels * (pairs + Cost.gather * Double(inputs)) + Cost.weight * pairs)
    )
    for variant in allCases where variant.kernel == kernel && variant.stride == stride {
      let isInPhases = variant.goesInPhases(extents, limits)
      guard
        variant.stride == [1, 1, 1] || isInPhases
          || variant.points * inputs * channels <= mostWeights
      else { continue }
      let tiles = Double(variant.tiles(extents).reduce(1, *))
      let points = Double(variant.points)
      let weights = pairs * (Cost.weight * taps + Cost.point * points)
      let cost = points * tiles * (pairs + Cost.transform * Double(inputs + channels)) + weights
      if cost < best.cost { best = (variant, cost) }
    }
    return best
  }

  /// Strided convolutions gain too little to take more memory than this, in floats.
  private static let mostWeights = 8 << 20

  /// Estimates, in multiplications; `nnx bench --layers` shows what they should be.
  private enum Cost {
    /// Reading a weight from memory.
    static let weight = 11.0
    /// Making a point of a weight from its taps.
    static let point = 11.0
    /// Transforming a number to or from a point.
    static let transform = 12.0
    /// Gathering a number for a direct convolution.
    static let gather = 4.0
  }
}

extension NetworkGraph {
  /// How a convolution is cut into Winograd tiles; `nil` when it is done directly.
  func winograd(_ layer: Convolution) -> WinogradVariant? {
    layer.inputs == [0] || !usesWinograd ? nil : plan(layer).variant
  }

  /// What all steps are expected to cost, in multiplications.
  ///
  /// - Parameter lanes: channels that kernels take at once; they multiply as many zeros as channels lack.
  func cost(lanes: Int) -> Double {
    steps.reduce(0) { total, step in
      switch step {
      case .convolution(let layer): total + plan(layer, lanes: lanes).cost
      case .upsampling, .head: total + operations(of: step) / 2
      case .pooling, .addition: total
      }
    }
  }

  private func plan(
    _ layer: Convolution, lanes: Int = 1
  ) -> (variant: WinogradVariant?, cost: Double) {
    func blocks(_ channels: Int) -> Int { (channels + lanes - 1) / lanes * lanes }
    let readsImage = layer.inputs == [0]
    return WinogradVariant.best(
      kernel: layer.kernel, stride: layer.stride,
      inputs: layer.inputs.reduce(0) {
        $0 + (readsImage ? shapes[$1].channels : blocks(shapes[$1].channels))
      },
      channels: blocks(shapes[layer.output].channels),
      extents: (cutShapes ?? shapes)[layer.output].extents, limits: limits)
  }
}
