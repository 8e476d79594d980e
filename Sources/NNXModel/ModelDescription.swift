import NNXSystem

/// Everything that prediction has to know about one trained configuration, v1 and v2 alike.
///
/// Made at install time from plans and checkpoints; stored as `model.json` (docs/format/store.md).
/// Predicting reads this and the weights, and never a pickle. Spatial axes are `(z, y, x)` after
/// `transposeForward` unless a comment says otherwise.
package struct ModelDescription: Codable, Equatable, Sendable {
  /// nnU-Net 1 or 2: decides the order of preprocessing, accumulation and export.
  package enum Generation: Int, Codable, Sendable {
    case v1 = 1
    case v2 = 2
  }

  package var generation: Generation
  /// `Dataset006_Liver` or `Task773_Liver`.
  package var dataset: String
  package var trainer: String
  /// Plans identifier, as in `nnUNetPlans`.
  package var plans: String
  /// `2d`, `3d_fullres`, `3d_lowres`, `3d_cascade_fullres`, or the publisher's own name.
  package var configuration: String
  /// Names of the image channels in order.
  package var channels: [String]
  package var labels: Labels
  package var preprocessing: PreprocessingSettings
  /// Extents `(z, y, x)`; `z` is 1 when `slicewise`.
  package var patch: [Int]
  /// Whether this is a 2-D configuration: each index of axis 0 is predicted by itself.
  package var slicewise: Bool
  /// Spatial axes (0 is z) along which test-time mirroring is allowed; empty: none.
  package var mirrorAxes: [Int]
  package var architecture: Architecture
  /// Resampling of the logits (v2) or of the softmax (v1) back to the image's grid.
  package var exportResampling: Resampling
  /// Configuration whose label map is appended to the input as one-hot channels.
  package var previousStage: String?
  /// Ending of the images that the model was trained on, with the dot.
  package var fileEnding: String
  /// The class of nnU-Net that read them, as in `SimpleITKIO`; `nil` where it is not told.
  package var imageReader: String?
  /// What nnU-Net v1 does to every label map it writes; v2 does nothing by itself.
  @EmptyWhenAbsent package var postprocessing: [ComponentRule]
  /// What v2's publisher found to help, done on request; `nil` when nothing was published.
  package var requestedPostprocessing: [ComponentRule]?

  package init(
    generation: Generation, dataset: String, trainer: String, plans: String, configuration: String,
    channels: [String], labels: Labels, preprocessing: PreprocessingSettings, patch: [Int],
    slicewise: Bool, mirrorAxes: [Int], architecture: Architecture, exportResampling: Resampling,
    previousStage: String?, fileEnding: String, imageReader: String? = nil,
    postprocessing: [ComponentRule] = [], requestedPostprocessing: [ComponentRule]? = nil
  ) {
    self.generation = generation
    self.dataset = dataset
    self.trainer = trainer
    self.plans = plans
    self.configuration = configuration
    self.channels = channels
    self.labels = labels
    self.preprocessing = preprocessing
    self.patch = patch
    self.slicewise = slicewise
    self.mirrorAxes = mirrorAxes
    self.architecture = architecture
    self.exportResampling = exportResampling
    self.previousStage = previousStage
    self.fileEnding = fileEnding
    self.imageReader = imageReader
    self.postprocessing = postprocessing
    self.requestedPostprocessing = requestedPostprocessing
  }
}

/// How images become network input.
package struct PreprocessingSettings: Codable, Equatable, Sendable {
  /// New axis `a` is old axis `transposeForward[a]`; old axes are `(z, y, x)` as read.
  package var transposeForward: [Int]
  package var transposeBackward: [Int]
  /// Target spacing in mm, transposed; element 0 is `nil` for 2-D configurations: keep the image's.
  package var spacing: [Double?]
  /// One per image channel.
  package var normalization: [Normalization]
  package var resampling: Resampling
  /// Resampling of label maps: v2, the previous stage of a cascade; v1, the nonzero mask.
  package var segmentationResampling: Resampling
  /// Sets NaN voxels to 0 (v1's 3-D preprocessors).
  package var replacesNaN: Bool

  private enum CodingKeys: String, CodingKey {
    case transposeForward, transposeBackward, spacing, normalization, resampling
    case segmentationResampling
    case replacesNaN = "replaces_nan"
  }

  package init(
    transposeForward: [Int], transposeBackward: [Int], spacing: [Double?],
    normalization: [Normalization], resampling: Resampling, segmentationResampling: Resampling,
    replacesNaN: Bool
  ) {
    self.transposeForward = transposeForward
    self.transposeBackward = transposeBackward
    self.spacing = spacing
    self.normalization = normalization
    self.resampling = resampling
    self.segmentationResampling = segmentationResampling
    self.replacesNaN = replacesNaN
  }
}

/// Intensity normalisation of one channel (`nnunetv2/preprocessing/normalization`).
package enum Normalization: Equatable, Sendable {
  /// Clip to the percentiles of the training foreground, subtract its mean, divide by its deviation.
  case ct(Intensities, useMask: Bool)
  /// v1's "CT2": as `ct`, with statistics of this image between the percentiles.
  case ct2(Intensities, useMask: Bool)
  /// Mean and deviation of this image; of its nonzero region when `useMask`.
  case zScore(useMask: Bool)
  case none
  case rescaleTo01
  case rgbTo01

  /// Statistics of the training foreground, in the image's units.
  package struct Intensities: Codable, Equatable, Sendable {
    package var mean: Double
    package var deviation: Double
    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// The 0.5th percentile, nnU-Net's `percentile_00_5`.
    package var percentile00_5: Double
    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// The 99.5th percentile, nnU-Net's `percentile_99_5`.
    package var percentile99_5: Double
    /// Whether v1 kept them as float64 scalars, which makes its arithmetic double.
    package var isDouble: Bool

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private enum CodingKeys: String, CodingKey {
      case mean, deviation
      case percentile00_5 = "percentile_00_5"
      case percentile99_5 = "percentile_99_5"
      case isDouble
    }

    package init(
      mean: Double, deviation: Double, percentile00_5: Double, percentile99_5: Double,
      isDouble: Bool = false
    ) {
      self.mean = mean
      self.deviation = deviation
      self.percentile00_5 = percentile00_5
      self.percentile99_5 = percentile99_5
      self.isDouble = isDouble
    }
  }
}

/// A resampling function of the plans with its settings.
package struct Resampling: Codable, Equatable, Sendable {
  package enum Function: String, Word {
    /// `resample_data_or_seg_to_shape`, with SciPy's splines.
    case spline
    /// `resample_torch_fornnunet`: trilinear in float32.
    case torch
    /// `resample_torch_simple`: the same, never separate along an axis.
    case torchSimple
    /// `no_resampling_hack`: the image keeps its grid, whatever the plans' spacing says.
    case identity
  }

  package var function: Function
  /// Spline order in the plane, 0, 1 or 3.
  package var order: Int
  /// Spline order along the axis of low resolution.
  package var orderZ: Int
  /// `nil`: decide by the spacings (a ratio above 3).
  package var forceSeparateZ: Bool?
  /// torch's functions on label maps: label by label instead of all at once
  /// (`memefficient_seg_resampling`), which draws other borders.
  @FalseWhenAbsent package var isMemoryEfficient: Bool

  private enum CodingKeys: String, CodingKey {
    case function, order, orderZ, forceSeparateZ
    case isMemoryEfficient = "memory_efficient"
  }

  package init(
    function: Function = .spline, order: Int, orderZ: Int = 0, forceSeparateZ: Bool? = nil,
    isMemoryEfficient: Bool = false
  ) {
    self.function = function
    self.order = order
    self.orderZ = orderZ
    self.forceSeparateZ = forceSeparateZ
    self.isMemoryEfficient = isMemoryEfficient
  }
}
