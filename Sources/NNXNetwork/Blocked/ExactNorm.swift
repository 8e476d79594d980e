internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// What a convolution has made, seen before its padding is filled.
final class Inspection {
  /// Values after the norm as the engine takes it, before activation: for each sampled voxel, all channels.
  private(set) var found: [[Double]] = []
  /// Of the stored numbers of each channel, over all voxels.
  private(set) var means: [Double] = []
  private(set) var variances: [Double] = []
  private let threads: Threads

  init(_ threads: Threads) { self.threads = threads }

  func look(at map: FeatureMap) {
    let size = map.frame.extents
    found = LayerAudit.places(size).map { place in
      let voxel = map.frame.index(place[0], place[1], place[2])
      return (0..<map.channels).map { map.value($0, voxel, activated: false) }
    }
    let count = Double(size.reduce(1, *))
    let blocks = threads.map(map.blocks) { block in
      var sums = [(sum: Double, squares: Double)](repeating: (0, 0), count: map.lanes)
      let start = unsafe map.data + block * map.blockStride
      for z in 0..<size[0] {
        for y in 0..<size[1] {
          let row = unsafe start + map.frame.index(z, y, 0) * map.lanes
          for lane in 0..<map.lanes {
            var (sum, squares) = (0.0, 0.0)
            for x in 0..<size[2] {
              let number = unsafe Double(row[x * map.lanes + lane])
              sum += number
              squares += number * number
            }
            sums[lane].sum += sum
            sums[lane].squares += squares
          }
        }
      }
      return sums
    }
    let sums = Array(blocks.joined().prefix(map.channels))
    means = sums.map { $0.sum / count }
    variances = zip(sums, means).map { max(0, $0.squares / count - $1 * $1) }
  }
}

/// The norm of a convolution as its definition says, of single sums in double.
struct ExactNorm {
  private var bias: [Double]?
  private let slope: Double
  private let means: [Double]
  private let scales: [Double]
  private let shifts: [Double]

  /// - Parameter state: the statistics of what the convolution made.
  init(
    _ layer: NetworkGraph.Convolution, _ architecture: Architecture,
    _ weights: any WeightSource, _ state: Inspection
  ) throws(NNXError) {
    func vector(_ name: String) throws(NNXError) -> [Double] {
      try weights.withTensor(name) { values in values.indices.map { Double(values[$0]) } }
    }
    slope = architecture.activationFirst && layer.activates ? architecture.slope : 1
    let (epsilon, variances): (Double, [Double])
    switch architecture.norm {
    case .batch(let value):
      (epsilon, means) = (value, try vector("\(layer.norm).running_mean"))
      variances = try vector("\(layer.norm).running_var")
      if layer.hasBias { bias = try vector("\(layer.name).bias") }
    case .instance(let value):
      (epsilon, means, variances) = (value, state.means, state.variances)
      // Without an activation in between, the norm subtracts the bias again, and it is not stored.
      if layer.hasBias, slope != 1 { bias = try vector("\(layer.name).bias") }
    case .group, .filterResponse, .none:
      preconditionFailure("Network gives \(architecture.norm) to the plain engine")
    }
    scales = zip(try vector("\(layer.norm).weight"), variances).map {
      $0 / ($1 + epsilon).squareRoot()
    }
    shifts = try vector("\(layer.norm).bias")
  }

  /// - Parameter sum: of the convolution, without its bias.
  func value(_ sum: Double, _ channel: Int) -> Double {
    var number = sum + (bias?[channel] ?? 0)
    if number < 0 { number *= slope }
    return (number - means[channel]) * scales[channel] + shifts[channel]
  }
}
