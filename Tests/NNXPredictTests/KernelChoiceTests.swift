import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// What is known of the kernels decides what runs, and is said. The plain engine has nothing to check.
@Suite(.enabled(if: (try? Kernels.chosen().runsPlain) == false)) struct KernelChoiceTests {
  private let reference: ReferenceCase
  private let predictor: Predictor
  private let target: TemporaryFolder

  init() throws {
    reference = try ReferenceCase("v2/ratio_three")
    predictor = try Predictor(
      folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
      options: .init(), threads: .all)
    target = try TemporaryFolder()
  }

  @Test(arguments: [
    (KernelChoice.direct, 0.01, "direct convolutions run, slower" as String?),
    (.plain, 0.5, "the plain engine runs, slower"), (.fast, 1e-6, nil),
  ])
  func aModelRunsByTheKernelsThatItsCheckAllows(
    choice: KernelChoice, error: Double, words: String?
  ) throws {
    let check = KernelCheck(kernels: try Kernels.chosen().name, choice: choice, error: error)
    for fold in predictor.folds {
      try target.write(
        "\(fold.sha256).\(check.kernels)-\(KernelCheck.generation).json",
        Array(check.json.text(pretty: true).utf8))
    }
    let execution = try predictor.execution(by: KernelCheckCache(folder: target.path))
    let path = target.path + "/s.nii.gz"
    let result = try predictor.predict(
      Case(name: "ratio_three", images: reference.images), to: path, execution, command: [],
      progress: { _ in })
    #expect(result.warnings.count == (words == nil ? 0 : predictor.folds.count))
    for warning in result.warnings { #expect(warning.hasSuffix(words ?? "")) }
    #expect(try readSegmentation(path).labels.labels == reference.labels("exact.nii.gz"))
  }

  @Test func whatIsNotKnownIsMeasuredAndKept() throws {
    #expect(try target.contents() == [])
    _ = try predictor.execution(by: KernelCheckCache(folder: target.path))
    #expect(try target.contents().count == predictor.folds.count)
  }
}
