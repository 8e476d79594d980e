import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Images with NaN and infinity, as each of nnU-Net's readers hands them on: the labels of the real nnU-Net, see
/// Scripts/make-reference/non_finite.py.
@Suite struct NonFiniteParityTests {
  private static let path = Fixtures.folder + "/reference/non-finite"
  private static let cases =
    (try? OrderedJSON(contentsOf: path + "/cases.json").array) ?? []

  @Test func fixtureIsThere() { #expect(Self.cases.count == 9) }

  @Test(arguments: cases.map { $0["name"]?.string ?? "" })
  func labelsAreThoseOfNNUNet(name: String) throws {
    let item = try #require(Self.cases.first { $0["name"]?.string == name })
    let folder = try TemporaryFolder()
    let model = "v2/" + (item["model"]?.string ?? "")
    let source = try ReferenceCase(model)
    let ending = item["ending"]?.string ?? ""
    let file = try image(item, from: source.images[0], ending)
    let path = try folder.write("image_0000" + ending, file)
    let reader = item["reader"]?.string
    let reference = try ReferenceCase(
      name: model, path: Fixtures.folder + "/reference/" + model, images: [path])
    var entry = reference.entry
    entry.description.imageReader = reader ?? entry.description.imageReader

    func predict(_ allowed: Set<Predictor.Allowance>) throws -> Predictor.Result {
      var options = Predictor.Options(window: reference.window)
      options.allowed = allowed
      let predictor = try Predictor(
        folder: reference.folder, entry: entry, folds: nil, identity: .null, options: options,
        threads: .all)
      return try predictor.predict(
        Case(name: name, images: [path]), to: folder.path + "/out.nii.gz", command: [],
        progress: { _ in })
    }
    let error = #expect(throws: NNXError.self) { try predict([]) }
    #expect(error?.code == .notFinite)
    #expect(Folder.isFolder(folder.path + "/out.nii.gz") == nil)

    let result = try predict([.nonFinite])
    let count = item["voxels"]?.array?.count ?? 0
    #expect(result.warnings.contains { $0.hasPrefix("\(path): \(count) voxel") })
    let own = try readSegmentation(result.segmentation).labels.labels
    let expected = try readSegmentation(Self.path + "/\(name).nii.gz").labels.labels
    let different = zip(own, expected).count { $0 != $1 }
    // Voxels whose best two scores differ by less than float32 holds.
    #expect(own.count == expected.count && different <= 2, "\(different) voxels differ")
  }

  /// The image of a reference case as float32, with some values that are no numbers.
  private func image(
    _ item: OrderedJSON, from source: String, _ ending: String
  ) throws -> [UInt8] {
    let image = try readImage(source)
    let shape = image.geometry.shape
    let slope = item["slope"]?.double ?? 1
    let intercept = item["intercept"]?.double ?? 0
    var values = image.voxels.values.map { Float((Double($0) - intercept) / slope) }
    for voxel in item["voxels"]?.array ?? [] {
      let place = (0..<3).compactMap { voxel.array?[$0].int }
      values[(place[2] * shape[1] + place[1]) * shape[2] + place[0]] =
        Float(voxel.array?[3].string ?? "") ?? 0
    }
    let voxels = values.withUnsafeBytes { Array($0) }
    let extents = shape.reversed().map { "\($0)" }.joined(separator: " ")
    let spacing = image.geometry.fileSpacing.map { "\($0)" }.joined(separator: " ")
    switch ending {
    case ".nrrd":
      let header =
        "NRRD0004\ntype: float\ndimension: 3\nsizes: \(extents)\nspacings: \(spacing)\n"
        + "endian: little\nencoding: raw\n\n"
      return Array(header.utf8) + voxels
    case ".mha":
      let header =
        "NDims = 3\nDimSize = \(extents)\nElementSpacing = \(spacing)\n"
        + "ElementType = MET_FLOAT\nElementDataFile = LOCAL\n"
      return Array(header.utf8) + voxels
    default:
      var header = try #require(image.header.nifti).bytes + [0, 0, 0, 0]
      header.replaceSubrange(70..<74, with: [16, 0, 32, 0])
      for (index, value) in [352, Float(slope), Float(intercept)].enumerated() {
        withUnsafeBytes(of: value) {
          header.replaceSubrange(108 + 4 * index..<112 + 4 * index, with: $0)
        }
      }
      return gzipped(header + voxels)
    }
  }
}
