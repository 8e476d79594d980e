import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

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
    let labels = DecidedLabels(self, try ScorePlanes(scores, model, properties, threads))
    labels.decide(0..<properties.croppedShape[0], from: (0, 0), threads, progress)
    return labels.map
  }

  /// Labels of which none is decided yet, of scores whose planes come and go.
  ///
  /// - Throws: see `ScorePlanes`.
  func labels(of band: ScoreBand) throws -> DecidedLabels {
    DecidedLabels(self, try ScorePlanes(band, model, properties))
  }

  /// How labels are decided on.
  var decision: Decision { Decision(model, rivalWithin: rivalWithin) }
}
