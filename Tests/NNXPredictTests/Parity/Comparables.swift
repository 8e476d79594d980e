import NNXImage
import NNXTensor

@testable import NNXPredict

extension LabelExport {
  /// For each voxel of the image, how far its best score lies above the second best (with regions: how
  /// near the nearest score lies to the threshold); infinite outside the cropped box. Voxels with a
  /// small margin are those that rounding can decide.
  func margins(from scores: Tensor) throws -> Tensor {
    let result = Tensor(properties.shape)
    result.withMutableSpan { values in
      for index in 0..<values.count { values[index] = .infinity }
    }
    let planes = try ScorePlanes(scores, model, properties, threads)
    let placement = Placement(properties)
    let count = properties.croppedShape[1] * properties.croppedShape[2]
    let threshold: Float = model.generation == .v1 ? 0.5 : 0
    threads.forEach(properties.croppedShape[0]) { plane, _ in
      var best = [Float](repeating: -.infinity, count: count)
      var second = best
      var nearest = [Float](repeating: .infinity, count: count)
      let values = Tensor([count])
      let scratch = planes.makeScratch()
      for channel in 0..<scores.shape[0] {
        planes.plane(plane, channel: channel, into: values, scratch)
        values.withSpan { values in
          for index in 0..<count {
            second[index] = max(second[index], min(best[index], values[index]))
            best[index] = max(best[index], values[index])
            nearest[index] = min(nearest[index], abs(values[index] - threshold))
          }
        }
      }
      let margins = Tensor(
        [count], model.labels.hasRegions ? nearest : zip(best, second).map { $0 - $1 })
      placement.put(margins, from: 0, plane: plane, into: result, at: 0)
    }
    return result
  }
}

extension PreviousLabels {
  /// All channels as one array `(c, z, y, x)` of 0 and 1.
  var channels: Tensor {
    let result = Tensor([values.count] + map.shape)
    for channel in values.indices {
      copy(0..<map.count, channel: channel, to: result, at: channel * map.count)
    }
    return result
  }
}
