import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import TestSupport

@testable import NNXPredict

/// One case of Tests/Fixtures/reference: a published model, its images, and what the real nnU-Net made
/// of them at every stage.
final class ReferenceCase {
  let name: String
  let path: String
  let entry: ModelFolder.Entry
  let folder: ModelFolder
  let images: [String]
  /// From case.json.
  let mirroring: Bool
  let tileStep: Double
  /// Names of the folds to average; all when `nil`.
  let foldNames: [String]?
  private let unpacked: TemporaryFolder
  private let converted: TemporaryFolder

  /// - Parameter path: a folder with model.zip, image_0000.nii.gz, …
  init(name: String, path: String, images: [String]? = nil) throws {
    self.name = name
    self.path = path
    unpacked = try Fixtures.unzip(path + "/model.zip")
    converted = try TemporaryFolder()
    folder = try ModelConversion.convert(
      ResultsFolder(unpacked.path).models, into: converted.path, progress: { _ in })
    let spec = try? OrderedJSON(contentsOf: path + "/case.json")["spec"]
    entry = try folder.entry(
      configuration: spec?["configuration"]?.string ?? spec?["model"]?.string)
    self.images =
      try images
      ?? Folder.entries(path).filter { $0.hasPrefix("image_") }.map { path + "/" + $0 }
    mirroring = spec?["mirroring"]?.bool ?? true
    tileStep = spec?["tile_step_size"]?.double ?? 0.5
    foldNames = spec?["predict_folds"]?.array?.compactMap { $0.int.map(String.init) }
  }

  /// The names of all cases: folders with a case.json.
  static func all() throws -> [String] {
    let root = Fixtures.folder + "/reference"
    return try ["v1", "v2"].flatMap { generation in
      try Folder.entries("\(root)/\(generation)").map { "\(generation)/\($0)" }
    }.filter { Folder.isFolder("\(root)/\($0)/case.json") == false }
  }

  convenience init(_ name: String) throws {
    try self.init(name: name, path: Fixtures.folder + "/reference/" + name)
  }

  var model: ModelDescription { entry.description }
  var reader: ImageReader? { model.imageReader.flatMap { ImageReader(rawValue: $0) } }

  /// The folds that the case averages.
  var folds: [ModelFolder.Fold] {
    foldNames.map { names in names.compactMap { name in entry.folds.first { $0.name == name } } }
      ?? entry.folds
  }

  /// In a cascade, the segmentation of the first stage.
  var previousStage: String? {
    model.previousStage == nil ? nil : path + "/previous_stage.nii.gz"
  }

  var window: SlidingWindow.Settings { .init(tileStep: tileStep, mirroring: mirroring) }

  /// Logits of v2, softmax of v1: what overlapping tiles, mirrorings and folds average to.
  var scoresFile: String { model.generation == .v2 ? "logits.npy" : "softmax.npy" }

  /// Labels of exact arithmetic: v1 accumulates in float32 anyway.
  var exactFile: String { model.generation == .v2 ? "exact.nii.gz" : "segmentation.nii.gz" }

  /// The whole way from the images' files to the segmentation's file.
  ///
  /// - Parameter predictsPrevious: whether a cascade predicts its first stage, too.
  func predictToFile(
    mirroring: Bool? = nil, predictsPrevious: Bool = false,
    postprocessing: PostprocessingChoice = .automatic
  ) throws -> [Int] {
    let target = try TemporaryFolder()
    let predictor = try Predictor(
      folder: folder, entry: entry, folds: foldNames, identity: .null,
      options: .init(
        window: .init(tileStep: tileStep, mirroring: mirroring ?? self.mirroring),
        previousStage: predictsPrevious ? nil : previousStage, postprocessing: postprocessing),
      threads: .all)
    let path = target.path + "/segmentation.nii.gz"
    _ = try predictor.predict(
      Case(name: name, images: images), to: path, command: [], progress: { _ in })
    return try labels(at: path)
  }

  /// An intermediate that nnU-Net left, `(c, z, y, x)`.
  func array(_ file: String) throws -> Tensor {
    let (shape, values) = try NPY.read(path + "/" + file)
    return Tensor(shape, values)
  }

  /// What `--save_probabilities` wrote, `(c, z, y, x)`; `nil` where it was not kept.
  func upstreamProbabilities() throws -> (shape: [Int], values: [Float])? {
    guard has("probabilities.npz") else { return nil }
    return try NPY.read(path + "/probabilities.npz", key: "probabilities")
  }

  /// Whether nnU-Net brings the case's scores to the image's grid as it does by default.
  var exportsByDefault: Bool {
    model.generation == .v2 && model.exportResampling == Resampling(order: 1)
  }

  /// The network's input without the channels of a previous stage, which v1's cases hold, too; `nil` in
  /// cases about networks, tiles and export, whose input others pin down.
  func preprocessedImages() throws -> Tensor? {
    guard has("preprocessed.npy") else { return nil }
    return try part(of: array("preprocessed.npy"), 0..<model.channels.count)
  }

  /// The channels of the previous stage.
  func previousChannels() throws -> Tensor {
    if model.generation == .v2 { return try array("previous_stage_onehot.npy") }
    let all = try array("preprocessed.npy")
    return part(of: all, model.channels.count..<all.shape[0])
  }

  private func has(_ file: String) -> Bool { Folder.isFolder("\(path)/\(file)") == false }

  private func part(of tensor: Tensor, _ channels: Range<Int>) -> Tensor {
    let size = tensor.count / tensor.shape[0]
    return Tensor(
      [channels.count] + tensor.shape.dropFirst(),
      Array(tensor.values[channels.lowerBound * size..<channels.upperBound * size]))
  }

  /// The labels of another configuration of the case's model.
  func labels(of entry: ModelFolder.Entry) throws -> [Int] {
    let target = try TemporaryFolder()
    let predictor = try Predictor(
      folder: folder, entry: entry, folds: foldNames, identity: .null,
      options: .init(window: window), threads: .all)
    let path = target.path + "/segmentation.nii.gz"
    _ = try predictor.predict(
      Case(name: name, images: images), to: path, command: [], progress: { _ in })
    return try labels(at: path)
  }

  func labels(_ file: String) throws -> [Int] { try labels(at: path + "/" + file) }

  /// In the order of the model's reader.
  private func labels(at path: String) throws -> [Int] {
    try readLabels(path, as: reader).labels.labels
  }
}

/// Real data, which stay out of the repository.
enum RealCT {
  private static let shared = Fixtures.repository + "/../shared"
  private static let image = shared + "/real/ct_abdomen_3mm.nii.gz"

  static var isPresent: Bool { Folder.isFolder(image) == false }

  static func reference() throws -> ReferenceCase {
    try ReferenceCase(name: "real_ct", path: shared + "/reference/real_ct", images: [image])
  }
}
