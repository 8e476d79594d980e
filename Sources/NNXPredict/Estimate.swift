import NNXImage
import NNXModel
import NNXSystem

/// What a prediction is going to take, told from the headers of its images before any voxel is read.
///
/// Memory is counted stage by stage from the shapes of what each stage holds; the largest counts.
package struct Estimate: Equatable, Sendable {
  /// What one stage holds while it runs.
  package struct Stage: Equatable, Sendable {
    package var name: String
    package var bytes: Int
  }

  /// Extents of the image, `(z, y, x)`.
  package let shape: [Int]
  /// Extents of the network's input, model order, when nothing is cropped.
  package let volume: [Int]
  /// Runs of the network: tiles, mirrored copies and folds.
  package let patches: Int
  package let stages: [Stage]
  /// Bytes that no way of cutting the work can do without: one network and its patch, and the program.
  package let leastBytes: Int

  /// Bytes of the largest stage, and of the program itself.
  package var peakBytes: Int { (stages.map(\.bytes).max() ?? 0) + Estimate.program }

  /// The program, its tables and the registry: measured, and added to every stage.
  private static let program = 32 << 20

  /// - Parameters:
  ///   - run: the network, and what lies in memory beside it.
  ///   - geometry: of the case's first channel.
  ///   - networkBytes: `Network.bytes`, the same for all images.
  /// - Throws: `empty-grid`.
  package init(
    _ run: PlannedRun, geometry: Geometry, networkBytes network: Int
  ) throws(NNXError) {
    let model = run.model
    let properties = try CaseProperties(
      model, shape: geometry.shape, spacing: geometry.spacing, box: Box(geometry.shape))
    shape = geometry.shape
    volume = properties.resampledShape
    let grid = TileGrid(
      volume: volume, patch: model.patch, tileStep: run.window.tileStep, slicewise: model.slicewise)
    let passes = Mirroring.passes(
      axes: run.window.mirroring ? model.mirrorAxes : [], generation: model.generation)
    patches = grid.count * passes.count * run.folds

    let float = MemoryLayout<Float>.size
    let image = geometry.count
    let channels = model.channels.count
    let classes = model.architecture.outputChannels
    let target = volume.reduce(1, *)
    let tile = model.patch.reduce(1, *)
    let isResampled = properties.croppedShape != volume
    // Slices in their plane, in double, before the columns across them.
    let between =
      isResampled ? 8 * properties.croppedShape[0] * volume[1] * volume[2] : 0
    // One label map for each fold, and the scores of one.
    let votes = run.comparesFolds ? run.folds * image * (classes < 256 ? 1 : 2) : 0
    let own = run.comparesFolds ? float * classes * target : 0
    let patchBytes = float * (channels + 2 * classes + 1) * tile
    let images = run.keepsImages ? float * channels * image : 0
    let begun = run.mean == .none ? 0 : float * classes * image
    let mean = run.mean == .goesOn ? begun : 0
    leastBytes = network + patchBytes + Estimate.program
    stages = [
      Stage(name: "read", bytes: float * channels * image + mean),
      Stage(
        name: "preprocess",
        bytes: float * channels * (image + target) + 2 * image + float * image + between
          + float * channels * target + mean),
      Stage(
        name: "predict",
        bytes: float * (channels + classes + 1) * target + patchBytes + network + votes + own
          + images + mean),
      Stage(
        name: "export",
        bytes: float * (channels + classes) * target + 2 * image + votes + images
          + begun),
    ]
  }
}
