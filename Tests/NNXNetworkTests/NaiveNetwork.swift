import NNXModel

/// A feature map in double precision, `(c, z, y, x)`.
struct NaiveMap {
  var channels: Int
  var extents: [Int]
  var values: [Double]

  init(_ channels: Int, _ extents: [Int]) {
    self.channels = channels
    self.extents = extents
    values = [Double](repeating: 0, count: channels * extents.reduce(1, *))
  }

  var voxels: Int { extents.reduce(1, *) }

  /// Calls `body` with every voxel.
  func forEachVoxel(_ body: (_ z: Int, _ y: Int, _ x: Int, _ index: Int) -> Void) {
    for index in 0..<voxels {
      body(
        index / (extents[1] * extents[2]), index / extents[2] % extents[1], index % extents[2],
        index)
    }
  }
}

/// The network as its definition reads, in double precision and straight from the architecture: what
/// the engines are held against.
struct NaiveNetwork {
  let architecture: Architecture
  let weights: MemoryWeights

  func forward(_ input: NaiveMap) -> NaiveMap {
    var current = input
    if let stem = architecture.stem {
      current = unit(current, "stem.conv", "stem.norm", stem.kernel, [1, 1, 1])
    }
    var skips: [NaiveMap] = []
    for (s, stage) in architecture.stages.enumerated() {
      for b in 0..<stage.blocks {
        let stride = b == 0 ? stage.stride : [1, 1, 1]
        let name = "encoder.\(s).\(b)"
        if architecture.encoder == .plain {
          current = unit(current, "\(name).conv", "\(name).norm", stage.kernel, stride)
          continue
        }
        var main = unit(current, "\(name).conv1", "\(name).norm1", stage.kernel, stride)
        main = unit(
          main, "\(name).conv2", "\(name).norm2", stage.kernel, [1, 1, 1], activates: false)
        var skip = current
        if architecture.encoder == .residual { skip = average(skip, stride) }
        if weights.tensors["\(name).skip.conv.weight"] != nil {
          let left = zip(skip.extents, main.extents).map { $0 / $1 }
          skip = unit(
            skip, "\(name).skip.conv", "\(name).skip.norm", [1, 1, 1], left, activates: false)
        }
        for index in main.values.indices {
          main.values[index] = leaky(main.values[index] + skip.values[index])
        }
        current = main
      }
      skips.append(current)
    }
    for (d, stage) in architecture.decoder.enumerated() {
      let up = upsample(current, "decoder.\(d).up", stage.upsampling)
      let skip = skips[skips.count - 2 - d]
      current = NaiveMap(up.channels + skip.channels, skip.extents)
      current.values = up.values + skip.values
      for b in 0..<stage.convolutions {
        current = unit(
          current, "decoder.\(d).\(b).conv", "decoder.\(d).\(b).norm", stage.kernel, [1, 1, 1])
      }
    }
    return convolve(current, "head", [1, 1, 1], [1, 1, 1])
  }

  private func leaky(_ value: Double) -> Double { value > 0 ? value : value * architecture.slope }

  private func unit(
    _ input: NaiveMap, _ name: String, _ norm: String, _ kernel: [Int], _ stride: [Int],
    activates: Bool = true
  ) -> NaiveMap {
    var map = convolve(input, name, kernel, stride)
    if activates, architecture.activationFirst { map.values = map.values.map(leaky) }
    let gamma = weights.tensors["\(norm).weight"]!.values
    let beta = weights.tensors["\(norm).bias"]!.values
    for c in 0..<map.channels {
      let range = c * map.voxels..<(c + 1) * map.voxels
      var mean = 0.0
      var variance = 0.0
      let epsilon: Double
      switch architecture.norm {
      case .instance(let value):
        epsilon = value
        mean = map.values[range].reduce(0, +) / Double(map.voxels)
        variance = map.values[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        variance /= Double(map.voxels)
      case .batch(let value):
        epsilon = value
        mean = Double(weights.tensors["\(norm).running_mean"]!.values[c])
        variance = Double(weights.tensors["\(norm).running_var"]!.values[c])
      case .group, .filterResponse, .none:
        preconditionFailure("seen by the recorded cases alone")
      }
      for index in range {
        let normal = (map.values[index] - mean) / (variance + epsilon).squareRoot()
        map.values[index] = normal * Double(gamma[c]) + Double(beta[c])
      }
    }
    if activates, !architecture.activationFirst { map.values = map.values.map(leaky) }
    return map
  }

  private func convolve(
    _ input: NaiveMap, _ name: String, _ kernel: [Int], _ stride: [Int]
  ) -> NaiveMap {
    let weight = weights.tensors["\(name).weight"]!
    let bias = weights.tensors["\(name).bias"]?.values
    let size = input.extents
    var output = NaiveMap(
      weight.shape[0], (0..<3).map { (size[$0] - 1) / stride[$0] + 1 })
    let taps = kernel.reduce(1, *)
    let doubles = weight.values.map(Double.init)
    for out in 0..<output.channels {
      for z in 0..<output.extents[0] {
        for y in 0..<output.extents[1] {
          for x in 0..<output.extents[2] {
            var sum = Double(bias?[out] ?? 0)
            for tap in 0..<taps {
              let iz = z * stride[0] + tap / (kernel[1] * kernel[2]) - kernel[0] / 2
              let iy = y * stride[1] + tap / kernel[2] % kernel[1] - kernel[1] / 2
              let ix = x * stride[2] + tap % kernel[2] - kernel[2] / 2
              guard iz >= 0, iz < size[0], iy >= 0, iy < size[1], ix >= 0, ix < size[2] else {
                continue
              }
              let from = (iz * size[1] + iy) * size[2] + ix
              for c in 0..<input.channels {
                sum +=
                  input.values[c * input.voxels + from]
                  * doubles[(out * input.channels + c) * taps + tap]
              }
            }
            let to = (z * output.extents[1] + y) * output.extents[2] + x
            output.values[out * output.voxels + to] = sum
          }
        }
      }
    }
    return output
  }

  private func upsample(_ input: NaiveMap, _ name: String, _ factor: [Int]) -> NaiveMap {
    let weight = weights.tensors["\(name).weight"]!
    let bias = weights.tensors["\(name).bias"]?.values
    let outs = weight.shape[1]
    var output = NaiveMap(outs, zip(input.extents, factor).map { $0 * $1 })
    let taps = factor.reduce(1, *)
    let frame = output
    for out in 0..<outs {
      frame.forEachVoxel { z, y, x, index in
        let from =
          (z / factor[0] * input.extents[1] + y / factor[1]) * input.extents[2] + x / factor[2]
        let tap = (z % factor[0] * factor[1] + y % factor[1]) * factor[2] + x % factor[2]
        var sum = Double(bias?[out] ?? 0)
        for c in 0..<input.channels {
          sum +=
            input.values[c * input.voxels + from]
            * Double(weight.values[(c * outs + out) * taps + tap])
        }
        output.values[out * output.voxels + index] = sum
      }
    }
    return output
  }

  private func average(_ input: NaiveMap, _ window: [Int]) -> NaiveMap {
    var output = NaiveMap(input.channels, zip(input.extents, window).map { $0 / $1 })
    for c in 0..<input.channels {
      input.forEachVoxel { z, y, x, index in
        let to =
          (z / window[0] * output.extents[1] + y / window[1]) * output.extents[2] + x / window[2]
        output.values[c * output.voxels + to] +=
          input.values[c * input.voxels + index] / Double(window.reduce(1, *))
      }
    }
    return output
  }
}
