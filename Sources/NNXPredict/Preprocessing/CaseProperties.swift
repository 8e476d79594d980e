import NNXImage
import NNXModel
import NNXSystem

/// What has to be remembered of an image to bring a prediction back onto its grid.
///
/// nnU-Net's `properties`. "File order" is `(z, y, x)` as read; "model order" is after the transpose.
struct CaseProperties: Equatable, Sendable {
  /// Extents of the image, file order.
  let shape: [Int]
  /// Spacing of the image in mm, file order.
  let spacing: [Double]
  /// Smallest box that holds all nonzero voxels, file order (`bbox_used_for_cropping`).
  let box: Box
  /// Model axis `a` is file axis `transposeForward[a]`.
  let transposeForward: [Int]
  /// Extents of the box, model order (`shape_after_cropping_and_before_resampling`).
  let croppedShape: [Int]
  /// Spacing of the image in mm, model order.
  let modelSpacing: [Double]
  /// The model's spacing in mm, model order.
  let targetSpacing: [Double]
  /// Extents of the network's input, model order.
  let resampledShape: [Int]

  /// The longest axis that is resampled to: places on it are kept in 32 bits.
  private static let longestAxis = Int(Int32.max)

  /// - Throws: `empty-grid` when an axis has no voxel left at the model's spacing, `endless-grid` when it
  ///   has more than can be counted.
  init(
    _ model: ModelDescription, shape: [Int], spacing: [Double], box: Box
  ) throws(NNXError) {
    let forward = model.preprocessing.transposeForward
    self.shape = shape
    self.spacing = spacing
    self.box = box
    transposeForward = forward
    croppedShape = forward.map { box.shape[$0] }
    modelSpacing = forward.map { spacing[$0] }
    targetSpacing = zip(model.preprocessing.spacing, modelSpacing).map { $0 ?? $1 }
    guard model.preprocessing.resampling.function != .identity else {
      resampledShape = croppedShape
      return
    }
    // `compute_new_shape`: divide first, then multiply, then round half to even.
    resampledShape = forward.indices.map { [croppedShape, modelSpacing, targetSpacing] axis in
      let extent = modelSpacing[axis] / targetSpacing[axis] * Double(croppedShape[axis])
      return Int(saturating: extent.rounded(.toNearestOrEven))
    }
    guard resampledShape.allSatisfy({ $0 <= CaseProperties.longestAxis }) else {
      throw NNXError(
        .endlessGrid,
        "the image would have \(Quantity.along(resampledShape)) voxels at the model's spacing",
        details: [
          "image: \(Quantity.along(croppedShape)) voxels of \(Quantity.along(modelSpacing)) mm",
          "model: voxels of \(Quantity.along(targetSpacing)) mm",
        ],
        fixes: ["Check the image's spacing: is it in mm?"])
    }
    guard !resampledShape.contains(0) else {
      throw NNXError(
        .emptyGrid, "nothing of the image is left at the model's spacing",
        details: [
          "image: \(Quantity.along(croppedShape)) voxels of \(Quantity.along(modelSpacing)) mm",
          "model: \(Quantity.along(targetSpacing)) mm gives \(Quantity.along(resampledShape)) voxels",
          "axes are in the order of the network: z, y, x, unless it turns them",
        ],
        fixes: ["Check the image's spacing: is it in mm?"])
    }
  }
}
