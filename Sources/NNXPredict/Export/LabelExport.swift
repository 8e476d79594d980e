import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import Synchronization

/// Brings scores back to the image's grid and decides on a label for each voxel.
///
/// v2: `convert_predicted_logits_to_segmentation_with_correct_shape` in
/// nnunetv2/inference/export_prediction.py. v1: `save_segmentation_nifti_from_softmax` in
/// nnunet/inference/segmentation_export.py. Works plane by plane of the model's axis 0, so that the
/// scores of all classes never exist at the image's size.
struct LabelExport {
  let model: ModelDescription
  let properties: CaseProperties
  let threads: Threads
  /// See `Decision`.
  private let rivalWithin: Float?

  init(
    _ model: ModelDescription, properties: CaseProperties, threads: Threads,
    rivalWithin: Float? = nil
  ) {
    self.rivalWithin = rivalWithin
    self.model = model
    self.properties = properties
    self.threads = threads
  }

  /// Labels on the image's whole grid, file order; background outside the cropped box.
  ///
  /// - Parameter scores: logits (v2) or probabilities (v1) `(classes, z, y, x)` on the network's grid.
  func labels(from scores: Tensor, progress: ProgressHandler) throws -> LabelMap {
    // nnU-Net's rule, which takes no account of the values that regions are given.
    let largest = max(
      model.labels.foreground.count < 255 ? 254 : 65535, model.labels.regionsClassOrder?.max() ?? 0)
    let map = LabelMap(properties.shape, largestLabel: largest)
    let decision = Decision(model, rivalWithin: rivalWithin)
    let planes = try ScorePlanes(scores, model, properties, threads)
    let placement = Placement(properties)
    let rows = properties.croppedShape[1]
    let width = properties.croppedShape[2]
    let done = Atomic(0)
    // Memory that is made anew for each plane would be cleared by the system each time.
    let own = (0..<threads.count).map { _ in
      (values: Tensor([rows * width]), scratch: planes.makeScratch())
    }
    threads.forEach(properties.croppedShape[0]) { plane, worker in
      var decided = decision.start(count: rows * width)
      for channel in 0..<scores.shape[0] {
        planes.plane(plane, channel: channel, into: own[worker].values, own[worker].scratch)
        decision.take(own[worker].values, channel: channel, into: &decided)
      }
      placement.put(decision.labels(decided), plane: plane, into: map)
      let count = done.wrappingAdd(1, ordering: .relaxed).newValue
      progress(
        ProgressEvent(.export, "to the image's grid", count, of: properties.croppedShape[0], .steps)
      )
    }
    return map
  }
}
