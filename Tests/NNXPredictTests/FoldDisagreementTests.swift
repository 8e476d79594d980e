import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// Where folds disagree.
@Suite struct FoldDisagreementTests {
  private func votes(_ labels: [[Int]]) -> FoldDisagreement {
    let votes = FoldDisagreement(threads: .all)
    for own in labels { votes.add(LabelMap([1, 2, own.count / 2], own)) }
    return votes
  }

  @Test func disagreementIsTheShareOfPairs() {
    // All of one mind; 4 to 1; 3 to 2; 2 to 2 to 1; five of them.
    let five = votes([
      [1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 0, 1], [1, 1, 1, 2, 0, 2], [1, 1, 2, 2, 0, 3],
      [1, 0, 2, 3, 0, 4],
    ])
    // Of 10 pairs 0, 4, 6, 8, 0 and 10 disagree.
    #expect(five.disagreement().labels == [0, 40, 60, 80, 0, 100])
    // Of 3 pairs 2.
    #expect(votes([[1, 0], [1, 0], [0, 0]]).disagreement().labels == [67, 0])
  }

  @Test func agreementIsTheMeanDiceOfPairs() throws {
    let three = votes([[1, 1, 2, 0], [1, 0, 0, 0], [1, 1, 0, 300]])
    let dice = three.agreement(of: [[1], [2], [300], [4], [1, 2]])
    // Label 1: 2/3, 1, 2/3. Label 2: one of three has it, so two pairs of three know it.
    let first: Double = try #require(dice[0])
    let expected: Double = (2.0 / 3.0 + 1.0 + 2.0 / 3.0) / 3.0
    #expect(abs(first - expected) < 1e-12)
    #expect(dice[1] == 0 && dice[2] == 0 && dice[3] == nil)
    // 1 and 2 together: 3, 1 and 2 voxels, of which 1, 2 and 1 are common.
    #expect(dice[4] == (2.0 / 4 + 4.0 / 5 + 2.0 / 3) / 3)
  }

  private func predict(
    _ name: String, folds: [String]? = nil, _ uncertainty: UncertaintyChoice, to folder: String
  ) throws -> Predictor.Result {
    let reference = try ReferenceCase(name)
    var options = Predictor.Options()
    options.uncertainty = uncertainty
    let predictor = try Predictor(
      folder: reference.folder, entry: try reference.folder.entry(configuration: nil), folds: folds,
      identity: .null, options: options, threads: .all)
    return try predictor.predict(
      Case(name: "image", images: reference.images), to: folder + "/s.nii.gz", command: [],
      progress: { _ in })
  }

  /// The map is that of the folds predicted one by one; the segmentation is the same bytes as without it.
  @Test(arguments: ["v2/plain_ct_folds", "v2/folds_one_and_three"])
  func theMapComparesTheFolds(name: String) throws {
    let (with, without) = (try TemporaryFolder(), try TemporaryFolder())
    let result = try predict(name, .beside, to: with.path)
    _ = try predict(name, .none, to: without.path)
    #expect(
      try with.read(with.path + "/s.nii.gz") == without.read(without.path + "/s.nii.gz"))
    #expect(try without.contents() == ["s.nii.gz", "s.nnx.json"])

    let map = try #require(result.uncertainty)
    #expect(map == with.path + "/s.uncertainty.nii.gz")
    let record = try OrderedJSON(contentsOf: result.record)
    #expect(record["uncertainty"]?["sha256"]?.string == (try Digest.ofFile(map, .sha256)))
    let folds = record["settings"]?["folds"]?.array?.compactMap(\.string) ?? []
    #expect(folds.count > 1)
    let votes = FoldDisagreement(threads: .all)
    for fold in folds {
      let own = try TemporaryFolder()
      let alone = try predict(name, folds: [fold], .none, to: own.path)
      votes.add(try readSegmentation(alone.segmentation).labels)
    }
    let expected = votes.disagreement().labels
    #expect(try readSegmentation(map).labels.labels == expected)
    #expect(expected.contains { $0 > 0 })
    #expect(
      try readGeometry(map) == readGeometry(result.segmentation))
    let agreement = votes.agreement(of: result.labels.map(\.structure.values))
    #expect(result.labels.map(\.agreement) == agreement)
    #expect(agreement.contains { ($0 ?? 1) < 1 })
  }

  @Test func oneFoldIsNoVote() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: NNXError.self) {
      try predict("v2/plain_ct", folds: nil, .beside, to: folder.path)
    }
    #expect(error?.code.name == "one-fold")
    #expect(throws: NNXError.self) {
      try predict("v2/plain_ct_folds", folds: ["0"], .beside, to: folder.path)
    }
  }
}
