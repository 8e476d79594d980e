import NNXModel
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage
@testable import NNXPredict

/// Averages of several models, and post-processing, against nnU-Net's own.
@Suite struct EnsembleTests {
  private let path = Fixtures.folder + "/reference/v2/ensemble"

  private func copy(of folder: TemporaryFolder) throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for name in try folder.contents() {
      try copy.write(name, folder.read("\(folder.path)/\(name)"))
    }
    return copy
  }

  private func differing(_ file: String, _ expected: String) throws -> Int {
    let own = try readSegmentation(file).labels.labels
    return zip(own, try readSegmentation(expected).labels.labels).count { $0 != $1 }
  }

  private func expectEqual(_ file: String, _ expected: String, _ feature: String) throws {
    let differ = try differing(file, path + "/" + expected)
    #expect(differ == 0)
    let voxels = try readGeometry(file).count
    ParityTable.add(feature: feature, differ: differ, voxels: voxels)
  }

  @Test func foldersAreAveragedAsNNUNetDoes() throws {
    let output = try TemporaryFolder()
    let ensemble = try FolderEnsemble(
      ["2d", "3d_fullres"].map { path + "/members/" + $0 }, dataset: nil, threads: .all)
    #expect(ensemble.cases == ["image"])
    let plain = try ensemble.run(
      "image", into: output.path, rules: [], savesProbabilities: true, overwrites: false,
      command: [])
    try expectEqual(plain, "ensemble.nii.gz", "ensembles of folders")
    #expect(try output.contents() == ["image.nii.gz", "image.nnx.json", "image.probabilities.npz"])
    let unpacked = try Fixtures.unzip(path + "/model.zip")
    let folder = try #require(
      try Folder.entries(unpacked.path + "/Dataset862_Case/ensembles").first)
    for ending in ["json", "pkl"] {
      let rules = try PostprocessingV2.rules(
        contentsOf: unpacked.path + "/Dataset862_Case/ensembles/\(folder)/postprocessing.\(ending)")
      #expect(rules.map(\.labels) == [[1, 2], [2]])
      #expect(rules.allSatisfy { $0.connectivity == .all })
      let processed = try ensemble.run(
        "image", into: output.path, rules: rules, savesProbabilities: false, overwrites: true,
        command: [])
      try expectEqual(processed, "ensemble_pp.nii.gz", "post-processing of v2")
    }
  }

  /// Files of one name may be two patients'.
  @Test func predictionsOfDifferentPlacesAreNotAveraged() throws {
    let (other, output) = (try TemporaryFolder(), try TemporaryFolder())
    for name in try Folder.entries(path + "/members/3d_fullres") where !name.hasPrefix(".") {
      try other.write(name, other.read(path + "/members/3d_fullres/" + name))
    }
    let name = try #require(
      try FolderEnsemble(
        [path + "/members/2d", other.path], dataset: nil, threads: .all
      ).cases.first)
    func average() throws -> String {
      try FolderEnsemble([path + "/members/2d", other.path], dataset: nil, threads: .all).run(
        name, into: output.path, rules: [], savesProbabilities: false, overwrites: true,
        command: [])
    }
    _ = try average()
    let file = "\(other.path)/\(name).nii.gz"
    var moved = try readSegmentation(file)
    moved.geometry.origin[0] += 40
    moved.header = .nifti(NIfTIHeader(moved.geometry, axes: 3))
    try writeSegmentation(moved, to: file)
    let error = #expect(throws: NNXError.self) { try average() }
    #expect(error?.code == .geometry)
    #expect(error?.message.contains("another place") == true)
  }

  /// `nnUNet_ensemble`: v1 keeps the probabilities of the cropped image alone.
  @Test(arguments: ["ensemble_cropped", "ensemble_regions"])
  func foldersOfVersionOneAreAveragedAsNNUNetDoes(name: String) throws {
    let path = Fixtures.folder + "/reference/v1/" + name
    let output = try TemporaryFolder()
    let ensemble = try FolderEnsemble(
      ["fold_0", "fold_1"].map { path + "/members/" + $0 }, dataset: nil, threads: .all)
    let rules = try PostprocessingV2.rules(contentsOf: path + "/ensemble_postprocessing.json")
    for (rules, expected) in [([], "ensemble.nii.gz"), (rules, "ensemble_pp.nii.gz")] {
      let own = try ensemble.run(
        "image", into: output.path, rules: rules, savesProbabilities: true, overwrites: true,
        command: [])
      let differ = try differing(own, path + "/" + expected)
      #expect(differ == 0)
      ParityTable.add(
        feature: "ensembles of folders (v1)", differ: differ, voxels: try readGeometry(own).count)
    }
    // What was saved is on the image's grid, and gives the same labels again.
    let labels =
      name.hasSuffix("regions")
      ? #"{"background": 0, "a": [1, 2, 3], "b": [2, 3], "c": 3}, "regions_class_order": [1, 2, 3]"#
      : #"{"background": 0, "a": 1, "b": 2, "c": 3}"#
    let dataset =
      #"{"channel_names": {"0": "MRI"}, "file_ending": ".nii.gz", "labels": "# + labels + "}"
    try output.write("dataset.json", Array(dataset.utf8))
    let (again, other) = (try TemporaryFolder(), try copy(of: output))
    let same = try FolderEnsemble([output.path, other.path], dataset: nil, threads: .all).run(
      "image", into: again.path, rules: [], savesProbabilities: false, overwrites: false,
      command: [])
    #expect(try differing(same, path + "/ensemble.nii.gz") == 0)
  }

  @Test func notesOfVersionOneAreNeededAndMustFit() throws {
    let path = Fixtures.folder + "/reference/v1/ensemble_cropped/members/fold_0"
    let (folder, output) = (try TemporaryFolder(), try TemporaryFolder())
    func add(_ name: String, from source: String) throws {
      let bytes = try MappedFile(source).withBytes { $0.copy(0..<$0.byteCount) }
      try folder.write(name, bytes)
    }
    try add("image.npz", from: path + "/image.npz")
    try add("image.nii.gz", from: path + "/image.nii.gz")
    func run() throws -> String {
      let other = try copy(of: folder)
      return try FolderEnsemble([folder.path, other.path], dataset: nil, threads: .all).run(
        "image", into: output.path, rules: [], savesProbabilities: false, overwrites: false,
        command: [])
    }
    let missing = #expect(throws: NNXError.self) { try run() }
    #expect(missing?.code == .fileNotFound)
    let other = Fixtures.folder + "/reference/v1/ensemble_regions/members/fold_0/image.pkl"
    try add("image.pkl", from: other)
    let wrong = #expect(throws: NNXError.self) { try run() }
    #expect(wrong?.code == .brokenProbabilities)
    try add("image.pkl", from: path + "/image.pkl")
    #expect(try differing(run(), path + "/image.nii.gz") <= 1)
  }

  @Test func theRecommendedModelsAreAveragedInOneGo() throws {
    let reference = try ReferenceCase("v2/ensemble")
    let recommendation = try #require(reference.folder.recommendation)
    #expect(recommendation.configurations == ["2d", "3d_fullres"])
    let reopened = try ModelFolder(opening: reference.folder.path)
    #expect(reopened.recommendation == recommendation)
    let choices = try reopened.entries(configurations: nil).map {
      Predictor.Choice(folder: reopened, entry: $0)
    }
    for (postprocessing, expected) in [
      (PostprocessingChoice.automatic, "ensemble_pp.nii.gz"), (.none, "ensemble.nii.gz"),
    ] {
      let output = try TemporaryFolder()
      let predictor = try Predictor(
        choices, identity: .null, options: .init(postprocessing: postprocessing), threads: .all)
      _ = try predictor.predict(
        Case(name: "image", images: reference.images), to: output.path + "/s.nii.gz", command: [],
        progress: { _ in })
      try expectEqual(output.path + "/s.nii.gz", expected, "ensembles of models in one command")
    }
  }

  @Test func missingFilesAndOddOnesAreSaid() throws {
    let (empty, other) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(throws: NNXError.self) {
      try FolderEnsemble([empty.path, other.path], dataset: nil, threads: .all)
    }
    let twice = #expect(throws: NNXError.self) {
      try FolderEnsemble(
        [path + "/members/2d", path + "/members/../members/2d/"], dataset: nil, threads: .all)
    }
    #expect(twice?.code == .usage && twice?.message.contains("one folder") == true)
    try other.write("other.npz", [1, 2, 3])
    let error = #expect(throws: NNXError.self) {
      try FolderEnsemble([path + "/members/2d", other.path], dataset: nil, threads: .all)
    }
    #expect(error?.code == .differentCases)
    let broken = try TemporaryFolder()
    try broken.write("image.npz", Array("no zip at all, but long enough to look at".utf8))
    let ensemble = try FolderEnsemble(
      [path + "/members/2d", broken.path], dataset: nil, threads: .all)
    let failure = #expect(throws: NNXError.self) {
      try ensemble.run(
        "image", into: empty.path, rules: [], savesProbabilities: false, overwrites: false,
        command: [])
    }
    #expect(failure?.code == .brokenProbabilities)
    #expect(try empty.contents() == [])
  }

  /// A segmentation of any folder whose probabilities are missing is named: no patient goes unseen.
  @Test(arguments: [0, 1]) func casesWithoutProbabilitiesAreNamed(place: Int) throws {
    let folders = try ["2d", "3d_fullres"].map { member in
      let copy = try TemporaryFolder()
      for name in ["dataset.json", "image.npz", "image.nii.gz"] {
        try copy.write(name, bytes(of: "\(path)/members/\(member)/\(name)"))
      }
      return copy
    }
    let paths = folders.map(\.path)
    #expect(try FolderEnsemble(paths, dataset: nil, threads: .all).notes == [])
    for name in ["patient_7.nii.gz", "image.uncertainty.nii.gz"] {
      try folders[place].write(name, [0])
    }
    #expect(
      try FolderEnsemble(paths, dataset: nil, threads: .all).notes == [
        "without probabilities in \(paths[place]), and so not averaged: patient_7"
      ])
    withExtendedLifetime(folders) {}
  }

  /// `nnUNetv2_apply_postprocessing` on request: the rules lie beside the model as a pickle.
  @Test func postprocessingIsDoneOnRequest() throws {
    let reference = try ReferenceCase("v2/plain_ct_folds")
    let own = try reference.predictToFile(postprocessing: .requested)
    // nnU-Net's labels before it carry its float16 rounding, which single voxels can show.
    let before = zip(
      try reference.labels("segmentation.nii.gz"), try reference.labels("exact.nii.gz")
    ).count { $0 != $1 }
    let differ = zip(own, try reference.labels("segmentation_pp.nii.gz")).count { $0 != $1 }
    #expect(differ <= before)
    #expect(zip(own, try reference.labels("exact.nii.gz")).contains { $0 != $1 })
    let plain = try ReferenceCase("v2/plain_ct")
    let error = #expect(throws: NNXError.self) {
      try plain.predictToFile(postprocessing: .requested)
    }
    #expect(error?.code == .noPostprocessing)
  }

  @Test func aFolderOfFilesGivesAFolderOfFiles() throws {
    let reference = try ReferenceCase("v2/ratio_three")
    let (input, output) = (try TemporaryFolder(), try TemporaryFolder())
    let image = try MappedFile(reference.images[0]).withBytes { $0.copy(0..<$0.byteCount) }
    for name in ["a", "b_1", "c"] { try input.write("\(name)_0000.nii.gz", image) }
    let cases = try CaseList([input.path], channels: ["CT"], model: "m").cases
    let targets = try OutputPaths(output.path, cases: cases, inputs: [input.path])
    let predictor = try Predictor(
      folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
      options: .init(), threads: .all)
    for (item, target) in zip(cases, targets.segmentations) {
      _ = try predictor.predict(item, to: target, command: [], progress: { _ in })
      #expect(try differing(target, reference.path + "/exact.nii.gz") == 0)
    }
    #expect(
      try output.contents().filter { $0.hasSuffix("gz") }
        == ["a.nii.gz", "b_1.nii.gz", "c.nii.gz"])
  }
}
