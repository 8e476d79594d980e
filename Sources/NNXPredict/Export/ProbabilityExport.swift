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
  func probabilities(from scores: Tensor) throws -> Tensor {
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
  func writeProbabilities(_ scores: Tensor, to path: String) throws {
    try writeNPZ(try probabilities(from: scores), to: path, threads: threads)
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
