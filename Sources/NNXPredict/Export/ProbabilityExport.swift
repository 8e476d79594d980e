import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

extension LabelExport {
  /// Probabilities of all labels or regions on the image's whole grid, `(classes, z, y, x)` in file
  /// order.
  ///
  /// `--save_probabilities` of nnU-Net v2: the softmax (or sigmoid) of the resampled logits; outside
  /// the cropped box background is certain, and no region is there.
  ///
  /// - Parameter scores: as for `labels(from:)`.
  package func probabilities(from scores: Tensor) throws -> Tensor {
    let classes = scores.shape[0]
    let voxels = properties.shape.reduce(1, *)
    let result = Tensor([classes] + properties.shape)
    if !model.labels.hasRegions {
      result.withMutableSpan { values in
        for index in 0..<voxels { values[index] = 1 }
      }
    }
    try put(scores, into: result, adds: false)
    return result
  }

  /// Adds the probabilities of another model for the same images to those of the first.
  ///
  /// - Parameter sum: as `probabilities(from:)` made it. Outside the box, which depends on the images
  ///   alone, all models are of one opinion, and nothing is added.
  func addProbabilities(of scores: Tensor, to sum: Tensor) throws {
    precondition(sum.shape == [scores.shape[0]] + properties.shape)
    try put(scores, into: sum, adds: true)
  }

  private func put(_ scores: Tensor, into result: Tensor, adds: Bool) throws {
    let (classes, voxels) = (scores.shape[0], properties.shape.reduce(1, *))
    let planes = try ScorePlanes(scores, model, properties, threads)
    let placement = Placement(properties)
    let (rows, width) = (properties.croppedShape[1], properties.croppedShape[2])
    threads.forEach(properties.croppedShape[0]) { plane, _ in
      let values = Tensor([classes, rows * width])
      let scratch = planes.makeScratch()
      for channel in 0..<classes {
        planes.plane(plane, channel: channel, into: values, at: channel * rows * width, scratch)
      }
      if model.generation == .v2 {
        Nonlinearity.apply(
          model.labels.hasRegions ? .sigmoid : .softmax, to: values, threads: Threads(1))
      }
      for channel in 0..<classes {
        placement.put(
          values, from: channel * rows * width, plane: plane, into: result, at: channel * voxels,
          adds: adds)
      }
    }
  }

  /// Writes them as nnU-Net does: `.npz` with the key `probabilities`, float32.
  ///
  /// - Throws: `no-space`, `cannot-write`.
  package func writeProbabilities(_ scores: Tensor, to path: String) throws {
    try writeNPZ(try probabilities(from: scores), to: path, threads: threads)
  }

  /// For each voxel of the image, how far its best score lies above the second best (with regions: how
  /// near the nearest score lies to the threshold); infinite outside the cropped box. Voxels with a
  /// small margin are those that rounding can decide.
  package func margins(from scores: Tensor) throws -> Tensor {
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

/// Writes probabilities `(classes, z, y, x)` as nnU-Net's `.npz`.
///
/// - Throws: `no-space`, `cannot-write`.
func writeNPZ(_ probabilities: Tensor, to path: String, threads: Threads) throws {
  let writer = try NPZWriter(
    path, key: "probabilities", shape: probabilities.shape, threads: threads)
  try probabilities.withSpan { (span) throws(NNXError) in try writer.write(span) }
  try writer.finish()
}
