import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// What a stage is going to take for a case, told from the headers of its images before any voxel is read.
///
/// Memory is counted phase by phase from the shapes of what each holds; the largest counts.
struct Estimate: Equatable {
  /// A part of the work of one network, and what is held during it.
  struct Phase: Equatable {
    var name: String
    var bytes: Int
  }

  /// Extents of the image, `(z, y, x)`.
  let shape: [Int]
  /// Extents of the network's input, model order, when nothing is cropped.
  let volume: [Int]
  /// Runs of the network: tiles, mirrored copies and folds.
  let patches: Int
  /// Networks that run patches at the same time.
  let replicas: Int
  let phases: [Phase]
  /// Bytes that no way of cutting the work can do without: one network and its patch, and the program.
  let leastBytes: Int

  /// Bytes of the largest phase, and of the program itself.
  var peakBytes: Int { (phases.map(\.bytes).max() ?? 0) + Estimate.program }

  /// Bytes of the largest phase without the networks, and without the program.
  var besidesBytes: Int {
    phases.reduce(0) { $1.name == "predict" ? $0 : max($0, $1.bytes) }
  }

  /// Voxels of the network's input for each of the image.
  var growth: Double { volume.realProduct / max(1, shape.realProduct) }

  /// Whether the spacing is in doubt: slices of 10 mm and pixels of 1 mm become 80 voxels of 0.5 mm.
  var growsOddly: Bool { growth > 1000 }

  /// What is said of a case that does.
  static func oddness(of name: String) -> String {
    "note: \(name) has over a thousand times its voxels at the model's spacing; is its own in mm?"
  }

  /// The program, its tables and the registry: measured, and added to every phase. A release has its libraries inside,
  /// and of them only what it calls.
  private static let program = (BuildFacts.all.isEmpty ? 32 : 26) << 20
  /// The most bytes that are told: more than any machine has, and few enough to be reckoned with.
  private static let most = 0x1p58
  /// The most patches that are told, likewise.
  private static let mostPatches = 0x1p53

  /// - Parameters:
  ///   - stage: what is run, and what lies in memory beside it.
  ///   - geometry: of the case's first channel.
  ///   - replicas: as many networks as may run patches at the same time.
  ///   - networkBytes: `Network.bytes` with so many replicas, the same for all images.
  /// - Throws: `empty-grid`, `endless-grid`; what `networkBytes` throws.
  init(
    _ stage: Stage, geometry: Geometry, replicas most: Int = 1,
    networkBytes network: (_ replicas: Int) throws(NNXError) -> Int
  ) throws(NNXError) {
    let (model, part) = (stage.model, stage.part)
    let geometry =
      try part.spacing.map { (spacing) throws(NNXError) in
        try geometry.prepared(at: spacing)
      } ?? geometry
    let properties = try CaseProperties(
      model, shape: geometry.shape, spacing: geometry.spacing, box: Box(geometry.shape))
    shape = geometry.shape
    volume = properties.resampledShape
    let tiles = TileGrid.counts(
      volume: volume, patch: model.patch, tileStep: stage.window.tileStep,
      slicewise: model.slicewise)
    let passes = Mirroring.passes(
      axes: stage.window.mirroring ? model.mirrorAxes : [], generation: model.generation)
    let runsPerFold = tiles.realProduct * Double(passes.count)
    patches = Int(saturating: min(runsPerFold * Double(stage.folds.count), Estimate.mostPatches))
    let replicas = min(most, Int(saturating: runsPerFold))
    self.replicas = replicas

    // Reals: what an image asks for may be beyond all memory, and its size is exact up to 2⁵³.
    let float = Double(MemoryLayout<Float>.size)
    let image = geometry.shape.realProduct
    let channels = Double(model.channels.count)
    let classes = Double(model.architecture.outputChannels)
    let target = volume.realProduct
    // Scores of the volume, or of what a row of tiles reaches; in that case labels are decided on meanwhile.
    let scores =
      stage.keepsScores ? float * classes * target : ScoreBand.mostBytes(model, volume)
    let decided = scores < float * classes * target ? image * (classes <= 255 ? 1 : 2) : 0
    let tile = model.patch.realProduct
    let isResampled = properties.croppedShape != volume
    // Slices in their plane, in double, before the columns across them.
    let between =
      isResampled ? 8 * [properties.croppedShape[0], volume[1], volume[2]].realProduct : 0
    // One label map for each fold, and the scores of one.
    let votes = part.comparesFolds ? Double(stage.folds.count) * image * (classes < 256 ? 1 : 2) : 0
    let own = part.comparesFolds ? float * classes * target : 0
    // Networks, the input of each, the scores of each, their sum over mirrored copies, and the importance map.
    func networkBytes(_ replicas: Int) throws(NNXError) -> Double {
      let patches = SlidingWindow.scoresHeld(
        model, networks: replicas, passes: passes.count, comparesFolds: part.comparesFolds)
      return Double(try network(replicas))
        + float * (Double(replicas) * channels + Double(patches) * classes + 1) * tile
    }
    func phase(_ name: String, _ bytes: Double) -> Phase {
      Phase(name: name, bytes: Int(saturating: min(bytes, Estimate.most)))
    }
    let networks = try networkBytes(replicas)
    let images = part.keepsImages ? float * channels * image : 0
    let begun = part.mean != .none || stage.savesProbabilities ? float * classes * image : 0
    let mean = part.mean == .goesOn ? begun : 0
    leastBytes = Int(saturating: min(try networkBytes(1), Estimate.most)) + Estimate.program
    phases = [
      phase("read", float * channels * image + mean),
      phase(
        "preprocess",
        float * channels * (image + target) + 2 * image + float * image + between
          + float * channels * target + mean),
      phase(
        "predict",
        float * channels * target + scores + decided + networks + votes + own
          + images + mean),
      phase(
        "export",
        float * channels * target + scores + 2 * image + votes + images
          + begun),
    ]
  }
}

extension Estimate {
  /// Whether so large a peak stays below a limit even where the estimate is wrong: it is right within a fourth
  /// (docs/performance.md).
  static func fits(_ peakBytes: Int, below limit: Int) -> Bool {
    peakBytes * 5 / 4 <= limit - MemoryLimit.reserve(of: limit)
  }

  /// The most networks that are worth running at the same time.
  ///
  /// The threads of one patch wait for each other at every layer: on 16 cores four of them were 3.4 times as
  /// fast as one, and sixteen 10.3 times (docs/performance.md). Four threads for each patch lose little. Scores
  /// are added up by one network at a time, so more than eight would wait for each other.
  static func mostReplicas(_ threads: Threads) -> Int { min(8, max(1, threads.count / 4)) }
}
