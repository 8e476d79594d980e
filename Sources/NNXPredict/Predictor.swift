import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// Images and a model go in, a segmentation on the images' grid comes out.
///
/// The walk of one case: read the channels, check them, preprocess, slide the networks of all folds
/// over the volume, bring the logits back to the image's grid and decide on labels, write.
package final class Predictor {
  package struct Options: Equatable, Sendable {
    package var window: SlidingWindow.Settings
    /// Whether to write the probabilities of all labels beside the segmentation.
    package var savesProbabilities: Bool
    /// Whether to replace results that exist.
    package var overwrites: Bool

    package init(
      window: SlidingWindow.Settings = .init(), savesProbabilities: Bool = false,
      overwrites: Bool = false
    ) {
      self.window = window
      self.savesProbabilities = savesProbabilities
      self.overwrites = overwrites
    }
  }

  /// What became of one case.
  package struct Result: Sendable {
    package var segmentation: String
    package var record: String
    package var labels: [LabelVolume]
    package var seconds: Double
    package var warnings: [String]
  }

  package let model: ModelDescription
  package let folds: [ModelFolder.Fold]
  private let folder: ModelFolder
  private let identity: OrderedJSON
  private let options: Options
  private let threads: Threads

  /// - Parameters:
  ///   - entry: the configuration to run, of `folder`.
  ///   - folds: names of the folds to average; all when `nil`.
  ///   - identity: what the run record says of the model.
  /// - Throws: `unknown-fold`; `unsupported-network` when the model can be installed but not run.
  package init(
    folder: ModelFolder, entry: ModelFolder.Entry, folds: [String]?, identity: OrderedJSON,
    options: Options, threads: Threads
  ) throws(NNXError) {
    self.folder = folder
    self.identity = identity
    self.options = options
    self.threads = threads
    model = entry.description
    if let previous = model.previousStage {
      throw NNXError(
        .unsupportedNetwork, "\(model.configuration) is the second stage of a cascade",
        details: ["It reads the segmentation of \(previous), which nnx cannot hand over yet."],
        fixes: ["Predict with another configuration: -c 3d_fullres or -c 3d_lowres"])
    }
    if let folds {
      var chosen: [ModelFolder.Fold] = []
      for name in folds {
        guard let fold = entry.folds.first(where: { $0.name == name }) else {
          let all = entry.folds.map(\.name).joined(separator: ", ")
          throw NNXError(
            .unknownFold, "there is no fold '\(name)'", fixes: ["Choose from: \(all)"])
        }
        chosen.append(fold)
      }
      self.folds = chosen
    } else {
      self.folds = entry.folds
    }
  }

  /// Predicts one case and writes its results.
  ///
  /// Files appear under their names only when they are complete.
  ///
  /// - Parameters:
  ///   - item: the images of its channels, in the model's order.
  ///   - output: path of the segmentation.
  /// - Throws: `output-exists`, `geometry`, `channels`, what reading an image throws, `non-finite`,
  ///   what writing throws.
  package func predict(
    _ item: Case, to output: String, command: [String], progress: ProgressHandler
  ) throws -> Result {
    if !options.overwrites, Folder.isFolder(output) != nil {
      throw NNXError(
        .outputExists, "\(output) exists", fixes: ["Replace it with --overwrite, or choose -o"])
    }
    var watch = Stopwatch()
    var record = RunRecord(
      model: identity, command: command, started: ProcessFacts.timestamp,
      host: ProcessFacts.hostName)

    var images = try read(item, progress)
    record.warnings = try InputCheck.check(images, item, model)
    watch.lap("read")

    progress(ProgressEvent(.preprocess, "image", 0, of: 1, .steps))
    let prepared = try Preprocessor(model, threads: threads).run(images)
    progress(ProgressEvent(.preprocess, "image", 1, of: 1, .steps))
    let geometries = images.map(\.geometry)
    let header = images[0].header
    // The voxels are not needed any more, and there may be gigabytes of them.
    images = []
    watch.lap("preprocess")

    let scores = try slide(prepared, progress)
    watch.lap("predict")

    let export = LabelExport(model, properties: prepared.properties, threads: threads)
    let labels = try export.labels(from: scores, progress: progress)
    labels.apply(model.postprocessing, spacing: geometries[0].spacing)
    watch.lap("export")

    try Folder.create(parentFolder(output))
    try writeSegmentation(
      Segmentation(labels: labels, geometry: geometries[0], header: header), to: output)
    if options.savesProbabilities {
      try export.writeProbabilities(scores, to: OutputPaths.sibling(of: output, ending: ".npz"))
    }
    watch.lap("write")

    record.inputs = try item.images.indices.map { (index) throws(NNXError) in
      try inputRecord(item.images[index], geometries[index], channel: model.channels[index])
    }
    record.output = [
      "path": .string(output), "sha256": .string(try Digest.ofFile(output, .sha256)),
    ]
    record.settings = settings
    record.labels = volumes(labels, geometries[0])
    record.timings = watch.laps
    record.peakMemory = ProcessFacts.peakMemory
    let recordPath = OutputPaths.sibling(of: output, ending: ".json")
    let file = try AtomicFile(recordPath)
    try file.write(record.json.text(pretty: true) + "\n")
    try file.commit()
    return Result(
      segmentation: output, record: recordPath, labels: record.labels, seconds: watch.total,
      warnings: record.warnings)
  }

  private func read(_ item: Case, _ progress: ProgressHandler) throws -> [Image] {
    var images: [Image] = []
    for (index, path) in item.images.enumerated() {
      progress(ProgressEvent(.read, path, index, of: item.images.count, .files))
      images.append(try readImage(path))
    }
    progress(ProgressEvent(.read, item.name, images.count, of: images.count, .files))
    return images
  }

  /// Logits (v2) or probabilities (v1) on the preprocessed grid, `(classes, z, y, x)`.
  private func slide(_ prepared: Preprocessor.Result, _ progress: ProgressHandler) throws -> Tensor
  {
    let window = SlidingWindow(
      model, volume: Array(prepared.input.shape.dropFirst()), settings: options.window,
      threads: threads)
    let total = window.patchesPerFold * folds.count
    var done = 0
    progress(ProgressEvent(.predict, "network", 0, of: total, .patches))
    let networks = folds.map { fold in
      { [folder, model, threads] in
        try Network(
          model.architecture, weights: folder.weights(fold), patch: model.patch, threads: threads)
      }
    }
    return try window.predict(prepared.input, folds: networks) {
      done += 1
      progress(ProgressEvent(.predict, "network", done, of: total, .patches))
    }
  }

  private var settings: OrderedJSON {
    [
      "configuration": .string(model.configuration), "folds": OrderedJSON(folds.map(\.name)),
      "checkpoints": OrderedJSON(Set(folds.map(\.checkpoint)).sorted()),
      "weightsSha256": OrderedJSON(folds.map(\.sha256)),
      "tileStep": .double(options.window.tileStep),
      "mirrorAxes": OrderedJSON(options.window.mirroring ? model.mirrorAxes : []),
      "threads": .int(threads.count),
    ]
  }

  private func inputRecord(
    _ path: String, _ geometry: Geometry, channel: String
  ) throws(NNXError) -> OrderedJSON {
    [
      "path": .string(path), "channel": .string(channel),
      "sha256": .string(try Digest.ofFile(path, .sha256)),
      "shape": OrderedJSON(geometry.shape), "spacing": OrderedJSON(geometry.spacing),
    ]
  }

  private func volumes(_ labels: LabelMap, _ geometry: Geometry) -> [LabelVolume] {
    let counts = labels.histogram
    let voxel = geometry.spacing.reduce(1, *)
    return model.labels.written.map { label in
      let count = label.value < counts.count ? counts[label.value] : 0
      return LabelVolume(
        value: label.value, name: label.name, voxels: count, volume: Double(count) * voxel / 1000)
    }
  }
}

/// Seconds spent in each stage of one case.
private struct Stopwatch {
  private(set) var laps: [(stage: String, seconds: Double)] = []
  private let start = ProcessFacts.monotonicSeconds
  private var last = ProcessFacts.monotonicSeconds

  mutating func lap(_ stage: String) {
    let now = ProcessFacts.monotonicSeconds
    laps.append((stage, now - last))
    last = now
  }

  var total: Double { ProcessFacts.monotonicSeconds - start }
}
