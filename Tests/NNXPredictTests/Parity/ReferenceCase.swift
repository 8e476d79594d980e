import NNXImage
import NNXModel
import NNXPredict
import NNXSystem
import NNXTensor
import TestSupport

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
    entry = try folder.entry(configuration: nil)
    self.images =
      try images
      ?? Folder.entries(path).filter { $0.hasPrefix("image_") }.map { path + "/" + $0 }
    let spec = try? OrderedJSON(contentsOf: path + "/case.json")["spec"]
    mirroring = spec?["mirroring"]?.bool ?? true
    tileStep = spec?["tile_step_size"]?.double ?? 0.5
  }

  convenience init(_ name: String) throws {
    try self.init(name: name, path: Fixtures.folder + "/reference/" + name)
  }

  var model: ModelDescription { entry.description }

  var window: SlidingWindow.Settings { .init(tileStep: tileStep, mirroring: mirroring) }

  /// Logits of v2, softmax of v1: what overlapping tiles, mirrorings and folds average to.
  var scoresFile: String { model.generation == .v2 ? "logits.npy" : "softmax.npy" }

  /// Labels of exact arithmetic: v1 accumulates in float32 anyway.
  var exactFile: String { model.generation == .v2 ? "exact.nii.gz" : "segmentation.nii.gz" }

  /// The whole way from the images' files to the segmentation's file.
  func predictToFile(mirroring: Bool? = nil) throws -> [Int] {
    let target = try TemporaryFolder()
    let predictor = try Predictor(
      folder: folder, entry: entry, folds: nil, identity: .null,
      options: .init(
        window: .init(tileStep: tileStep, mirroring: mirroring ?? self.mirroring)),
      threads: .all)
    let path = target.path + "/segmentation.nii.gz"
    _ = try predictor.predict(
      Case(name: name, images: images), to: path, command: [], progress: { _ in })
    return try readImage(path).voxels.values.map { Int($0) }
  }

  /// An intermediate that nnU-Net left, `(c, z, y, x)`.
  func array(_ file: String) throws -> Tensor {
    let (shape, values) = try NPY.read(path + "/" + file)
    return Tensor(shape, values)
  }

  func labels(_ file: String) throws -> [Int] {
    try readImage(path + "/" + file).voxels.values.map { Int($0) }
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
