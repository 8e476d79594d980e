import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

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
  /// Networks that run patches at the same time.
  package let replicas: Int
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
  ///   - replicas: as many networks as may run patches at the same time.
  ///   - networkBytes: `Network.bytes` with so many replicas, the same for all images.
  /// - Throws: `empty-grid`; what `networkBytes` throws.
  package init(
    _ run: PlannedRun, geometry: Geometry, replicas most: Int = 1,
    networkBytes network: (_ replicas: Int) throws(NNXError) -> Int
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
    let replicas = min(most, grid.count * passes.count)
    self.replicas = replicas

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
    // Networks, the input and scores of each, their sum over mirrored copies, and the importance map.
    func networkBytes(_ replicas: Int) throws(NNXError) -> Int {
      try network(replicas) + float * (replicas * (channels + classes) + classes + 1) * tile
    }
    let networks = try networkBytes(replicas)
    let images = run.keepsImages ? float * channels * image : 0
    let begun = run.mean == .none ? 0 : float * classes * image
    let mean = run.mean == .goesOn ? begun : 0
    leastBytes = try networkBytes(1) + Estimate.program
    stages = [
      Stage(name: "read", bytes: float * channels * image + mean),
      Stage(
        name: "preprocess",
        bytes: float * channels * (image + target) + 2 * image + float * image + between
          + float * channels * target + mean),
      Stage(
        name: "predict",
        bytes: float * (channels + classes) * target + networks + votes + own
          + images + mean),
      Stage(
        name: "export",
        bytes: float * (channels + classes) * target + 2 * image + votes + images
          + begun),
    ]
  }
}

extension Estimate {
  /// Whether so large a peak stays below a limit even where the estimate is wrong: it is right within a fourth
  /// (docs/performance.md).
  package static func fits(_ peakBytes: Int, below limit: Int) -> Bool {
    peakBytes * 5 / 4 <= limit - MemoryLimit.reserve(of: limit)
  }

  /// The most networks that are worth running at the same time.
  ///
  /// The threads of one patch wait for each other at every layer: on 16 cores four of them were 3.4 times as
  /// fast as one, and sixteen 10.3 times (docs/performance.md). Four threads for each patch lose little. Scores
  /// are added up by one network at a time, so more than eight would wait for each other.
  package static func mostReplicas(_ threads: Threads) -> Int { min(8, max(1, threads.count / 4)) }
}
