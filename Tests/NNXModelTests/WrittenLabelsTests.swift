import Testing

@testable import NNXModel

/// The values that are written, and what they stand for.
@Suite struct WrittenLabelsTests {
  private func labels(
    _ entries: [(String, [Int])], order: [Int]? = nil, ignore: Int? = nil
  ) -> Labels {
    Labels(
      entries: [("background", [0])].map { Labels.Entry(name: $0.0, values: $0.1) }
        + entries.map { Labels.Entry(name: $0.0, values: $0.1) }, regionsClassOrder: order,
      ignore: ignore)
  }

  /// What is written over another region leaves a part of it.
  @Test func partsOfRegionsAreNamedAsParts() {
    let brain = labels(
      [("whole", [1, 2, 3]), ("core", [2, 3]), ("enh", [3])], order: [1, 2, 3])
    #expect(brain.written.map(\.value) == [1, 2, 3])
    #expect(brain.written.map(\.name) == ["whole without core", "core without enh", "enh"])
    #expect(brain.writtenRegions.map(\.name) == ["whole", "core", "enh"])
    #expect(brain.writtenRegions.map(\.values) == [[1, 2, 3], [2, 3], [3]])
  }

  /// KiTS23's dataset.json: the tumour is 2, and what of the masses is none is a cyst, 3.
  @Test func valuesAreThoseOfTheClassOrder() {
    let kidney = labels(
      [("kidney_and_masses", [1, 2, 3]), ("masses", [2, 3]), ("tumor", [2])], order: [1, 3, 2])
    #expect(
      kidney.written == [
        .init(value: 1, name: "kidney_and_masses without masses"),
        .init(value: 3, name: "masses without tumor"), .init(value: 2, name: "tumor"),
      ])
    #expect(kidney.writtenRegions.map(\.values) == [[1, 2, 3], [2, 3], [2]])
  }

  @Test func regionsSideBySideAreBothTakenAway() {
    let both = labels(
      [("all", [1, 2, 3]), ("a", [2]), ("b", [3]), ("ignore", [4])], order: [1, 2, 3], ignore: 4)
    #expect(both.written.map(\.name) == ["all without a and b", "a", "b"])
  }

  @Test func gapsAreClosedAndSaid() {
    let gaps = labels([("liver", [1]), ("lesion", [5]), ("cyst", [9])])
    #expect(gaps.written.map(\.value) == [1, 2, 3])
    #expect(
      gaps.gapsRemark
        == "dataset.json has gaps and says 5 for lesion and others (2 in all); "
        + "nnU-Net and nnx write 2")
    #expect(labels([("liver", [1]), ("lesion", [2])]).gapsRemark == nil)
  }
}
