import NNXImage
import NNXModel
import NNXPredict
import NNXSystem
import NNXTensor
import TestSupport
import Testing

/// What is known of the kernels decides what runs, and is said.
@Suite struct KernelChoiceTests {
  @Test(arguments: [
    ("direct", 0.01, "direct convolutions run, slower"),
    ("plain", 0.5, "the plain engine runs, slower"), ("fast", 1e-6, nil),
  ])
  func aModelRunsByTheKernelsThatItsCheckAllows(
    choice: String, error: Double, words: String?
  ) throws {
    let kernels = try Kernels.chosen()
    guard !kernels.prefersOpenBLAS else { return }
    let reference = try ReferenceCase("v2/ratio_three")
    let unpacked = try Fixtures.unzip("reference/v2/ratio_three/model.zip")
    let (converted, target) = (try TemporaryFolder(), try TemporaryFolder())
    let folder = try ModelConversion.convert(
      ResultsFolder(unpacked.path).models, into: converted.path
    ) { _ in }
    let predictor = try Predictor(
      folder: folder, entry: folder.entry(configuration: nil), folds: nil, identity: .null,
      options: .init(), threads: .all)
    for fold in predictor.folds {
      let json: OrderedJSON = ["choice": .string(choice), "error": .double(error)]
      try target.write("\(fold.sha256).\(kernels.name).json", Array(json.text(pretty: true).utf8))
    }
    try predictor.chooseKernels(by: KernelChecks(folder: target.path))
    let path = target.path + "/s.nii.gz"
    let result = try predictor.predict(
      Case(name: "ratio_three", images: reference.images), to: path, command: [],
      progress: { _ in })
    #expect(result.warnings.count == (words == nil ? 0 : predictor.folds.count))
    for warning in result.warnings { #expect(warning.hasSuffix(words ?? "")) }
    #expect(try readSegmentation(path).labels.labels == reference.labels("exact.nii.gz"))
  }

  @Test func planningRunsNoNetwork() throws {
    let unpacked = try Fixtures.unzip("reference/v2/ratio_three/model.zip")
    let (converted, checks) = (try TemporaryFolder(), try TemporaryFolder())
    let folder = try ModelConversion.convert(
      ResultsFolder(unpacked.path).models, into: converted.path
    ) { _ in }
    let predictor = try Predictor(
      folder: folder, entry: folder.entry(configuration: nil), folds: nil, identity: .null,
      options: .init(), threads: .all)
    #expect(try checks.contents() == [])
    guard try !Kernels.chosen().prefersOpenBLAS else { return }
    try predictor.chooseKernels(by: KernelChecks(folder: checks.path))
    #expect(try checks.contents().count == predictor.folds.count)
  }
}
