import NNXImage
import NNXModel
import NNXTensor

/// What the second stage of a cascade sees of the first: a label map on the network's grid, one channel
/// for each label.
///
/// Channels are cut from the map tile by tile; as arrays they would fill more memory than the image.
struct PreviousLabels: Sendable {
  /// `(z, y, x)` at the model's spacing, model order.
  let map: LabelMap
  /// The value in the map of each channel, in the order of the network's input.
  let values: [Int]

  /// Writes a run of voxels of one channel.
  ///
  /// - Parameters:
  ///   - voxels: indices into the map, along x.
  ///   - start: index in `target` of the first.
  func copy(_ voxels: Range<Int>, channel: Int, to target: Tensor, at start: Int) {
    let value = values[channel]
    target.withMutableSpan { target in
      for index in voxels {
        target[start + index - voxels.lowerBound] = map[index] == value ? 1 : 0
      }
    }
  }
}

extension PreviousLabels {
  /// The label map that v2 resamples: the previous labels inside the box, and `outside` where there is
  /// neither image nor label.
  ///
  /// nnU-Net calls the outside -1 and normalises where the map is not negative
  /// (`crop_to_nonzero` of nnunetv2/preprocessing/cropping/cropping.py). Here all values are one larger.
  ///
  /// - Parameters:
  ///   - labels: in the box, model order.
  ///   - inside: the nonzero region, likewise.
  static func withOutside(_ labels: LabelMap, inside: LabelMap, threads: Threads) -> LabelMap {
    let largest = labels.histogram.count
    let result = LabelMap(labels.shape, largestLabel: min(largest, 65_535))
    let size = labels.shape[1] * labels.shape[2]
    threads.forEach(labels.shape[0]) { plane, _ in
      for index in plane * size..<(plane + 1) * size {
        let label = labels[index]
        if label != 0 || inside[index] != 0 { result[index] = min(label + 1, 65_535) }
      }
    }
    return result
  }

  /// For v2: the labels of `model` in a map that `withOutside` made.
  init(v2 map: LabelMap, _ model: ModelDescription) {
    self.init(map: map, values: model.labels.foreground.map { $0 + 1 })
  }

  /// For v1: the map brought to the network's grid whole, without the crop that the image had
  /// (`preprocess_multithreaded` of nnunet/inference/predict.py): where cropping removed something, the
  /// two do not lie upon each other, and the network gets what it got in nnU-Net.
  ///
  /// - Parameter labels: on the image's grid, file order.
  init(
    v1 labels: LabelMap, _ model: ModelDescription, _ properties: CaseProperties, threads: Threads
  ) {
    let map = labels.transposed(properties.transposeForward, threads: threads)
      .resampled(to: properties.resampledShape, threads: threads)
    self.init(map: map, values: model.labels.foreground)
  }
}
