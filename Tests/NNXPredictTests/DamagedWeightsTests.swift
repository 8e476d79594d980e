import NNXModel
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// Weights that are not those that were installed give no result, whether they are of the network that is made
/// ready while the image is read or of one after it.
@Suite struct DamagedWeightsTests {
  @Test(arguments: [0, 1]) func noResultComesOfThem(number: Int) throws {
    let reference = try ReferenceCase("v2/plain_ct_folds")
    let path = "\(reference.folder.path)/\(reference.folds[number].weights)"
    var weights = bytes(of: path)
    weights[weights.count - 1] ^= 1
    let file = try AtomicFile(path)
    try file.write(weights)
    try file.commit()
    let predictor = try Predictor(
      folder: reference.folder, entry: reference.entry, folds: reference.foldNames,
      identity: .null, options: .init(window: reference.window), threads: Threads(2))
    let target = try TemporaryFolder()
    let error = #expect(throws: NNXError.self) {
      try predictor.predict(
        Case(name: "case", images: reference.images), to: target.path + "/s.nii.gz", command: [],
        progress: { _ in })
    }
    #expect(error?.code == .integrity)
    #expect(target.files == [])
  }
}
