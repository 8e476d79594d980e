internal import NNXModel
internal import NNXTensor

/// A norm as its definition says, in double.
struct PlainNorm {
  var norm: Architecture.Norm
  /// One value for each channel; the last three for batch norm and filter response norm alone.
  var weight: [Float]
  var bias: [Float]
  var means: [Float]
  var variances: [Float]
  var thresholds: [Float]

  /// - Parameter tensor: `(c, z, y, x)`.
  func apply(to tensor: Tensor, _ threads: Threads) {
    let channels = tensor.shape[0]
    let voxels = tensor.count / channels
    var together = 1
    switch norm {
    case .none: return
    case .group(_, let groups): together = channels / groups
    case .instance, .batch, .filterResponse: break
    }
    threads.forEach(channels / together) { group, _ in
      let first = group * together
      let values = unsafe UnsafeMutableBufferPointer(
        start: tensor.base + first * voxels, count: together * voxels)
      let (centre, square, threshold) = unsafe statistics(of: values, channel: first)
      for channel in first..<first + together {
        let scale = Double(weight[channel]) / square.squareRoot()
        let start = (channel - first) * voxels
        for index in start..<start + voxels {
          let value = unsafe (Double(values[index]) - centre) * scale + Double(bias[channel])
          unsafe values[index] = Float(max(value, threshold))
        }
      }
    }
  }

  /// What is taken off, the square of what is divided by, and the least that is left.
  private func statistics(
    of values: UnsafeMutableBufferPointer<Float>, channel: Int
  ) -> (centre: Double, square: Double, threshold: Double) {
    let count = Double(values.count)
    switch norm {
    case .batch(let epsilon):
      return (Double(means[channel]), Double(variances[channel]) + epsilon, -.infinity)
    case .filterResponse(let epsilon):
      var sum = 0.0
      for index in values.indices {
        let value = unsafe Double(values[index])
        sum += value * value
      }
      return (0, sum / count + epsilon, Double(thresholds[channel]))
    case .instance(let epsilon), .group(let epsilon, _):
      var mean = 0.0
      for index in values.indices { unsafe mean += Double(values[index]) }
      mean /= count
      var variance = 0.0
      for index in values.indices {
        let difference = unsafe Double(values[index]) - mean
        variance += difference * difference
      }
      return (mean, variance / count + epsilon, -.infinity)
    case .none: return (0, 1, -.infinity)
    }
  }
}
