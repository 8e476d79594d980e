import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Whole predictions on pictures, TIFF volumes, NRRD and GIPL against the real nnU-Net, see
/// Scripts/make-fixtures/picture_models.py.
@Suite struct FormatsParityTests {
  @Test(arguments: [
    ("png", ["a_0000.png"]), ("tif", ["a_0000.tif"]), ("nrrd", ["a_0000.nrrd"]),
    ("gipl", ["a_0000.gipl"]),
  ])
  func labelsAreThoseOfNNUNet(name: String, files: [String]) throws {
    let path = Fixtures.folder + "/formats/" + name
    let reference = try ReferenceCase(
      name: name, path: path, images: files.map { path + "/" + $0 })
    let cases = try CaseList(
      [path], channels: reference.model.channels,
      reader: ImageReader(rawValue: reference.model.imageReader ?? ""), model: name
    ).cases
    #expect(cases == [Case(name: "a", images: reference.images)])

    let target = try TemporaryFolder()
    let predictor = try Predictor(
      folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
      options: .init(window: reference.window), threads: .all)
    let output = try OutputPaths(target.path + "/", cases: cases, inputs: [path]).segmentations[0]
    #expect(output.hasSuffix("/a." + name))
    _ = try predictor.predict(cases[0], to: output, command: [], progress: { _ in })
    let written = try readSegmentation(output)
    let (shape, exact) = try NPY.read(path + "/answer.npz", key: "exact")
    #expect(written.labels.shape == shape)
    let different = zip(written.labels.labels, exact).count { $0 != Int($1) }
    // Voxels whose best two scores differ by less than float32 holds.
    #expect(different <= 2, "\(different) of \(exact.count) voxels differ")

    // nnU-Net's Tiff3DIO leaves the spacing beside its volumes, and looks for it there.
    let spacing = try? OrderedJSON(contentsOf: target.path + "/a.json")
    #expect(
      spacing?["spacing"]?.array?.compactMap(\.double) == (name == "tif" ? [2, 0.8, 0.9] : nil))
    let record = try OrderedJSON(contentsOf: target.path + "/a.nnx.json")
    #expect(record["spacing"]?.array?.compactMap(\.double) == written.geometry.spacing)
  }

  @Test func aScanModelRefusesPictures() throws {
    let path = Fixtures.folder + "/formats/nrrd"
    let reference = try ReferenceCase(
      name: "nrrd", path: path, images: [Fixtures.folder + "/formats/png/a_0000.png"])
    let error = #expect(throws: NNXError.self) { try reference.predictToFile().count }
    #expect(error?.code.name == "unsupported-image")
  }

  @Test func aPictureOfOtherChannelsIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = Fixtures.folder + "/formats/png"
    let segmentation = Segmentation(
      labels: LabelMap([1, 2, 2], [0, 1, 2, 3]),
      geometry: Geometry(
        shape: [1, 2, 2], spacing: [999, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 2))
    let grey = folder.path + "/grey.png"
    try writeSegmentation(segmentation, to: grey)
    let reference = try ReferenceCase(name: "png", path: path, images: [grey])
    let error = #expect(throws: NNXError.self) { try reference.predictToFile().count }
    #expect(error?.code.name == "channels")
  }

  /// Readers that turn images: what is written has the order of the image's file again.
  @Test(arguments: ["v2/reorient_itk", "v2/reorient_nibabel_cascade"])
  func turnedImagesComeBackInTheirOwnOrder(name: String) throws {
    let reference = try ReferenceCase(name)
    let target = try TemporaryFolder()
    let predictor = try Predictor(
      folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
      options: .init(window: reference.window), threads: .all)
    let path = target.path + "/s.nii.gz"
    _ = try predictor.predict(
      Case(name: "s", images: reference.images), to: path, command: [], progress: { _ in })
    let (own, exact) = (try readImage(path), try readImage(reference.path + "/exact.nii.gz"))
    #expect(own.voxels.values == exact.voxels.values)
    #expect(own.geometry == (try readImage(reference.images[0]).geometry))
  }
}
