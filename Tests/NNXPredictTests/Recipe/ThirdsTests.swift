import NNXImage
import Testing

@testable import NNXModel
@testable import NNXPredict

/// How TotalSegmentator cuts large images in three along the head's axis, and joins their labels.
@Suite struct ThirdsTests {
  @Test func partsOverlapByThirtyNinePlanes() {
    #expect(Thirds.ranges(301) == [0..<120, 81..<220, 181..<301])
    #expect(Thirds.ranges(60) == [0..<40, 1..<60, 21..<60])
  }

  @Test(arguments: [60, 61, 62, 201, 302])
  func joiningUndoesCutting(_ planes: Int) {
    let parts = Thirds.ranges(planes).map { range in
      LabelMap([range.count, 1, 2], range.flatMap { [$0, $0 + 1] })
    }
    #expect(Thirds.joined(parts).labels == (0..<planes).flatMap { [$0, $0 + 1] })
  }

  @Test func onlyLargeImagesAreCut() {
    let rule = Recipe.Thirds(voxels: 1000, planes: 60)
    #expect(Thirds.are(rule, [61, 5, 5]))
    #expect(!Thirds.are(rule, [60, 5, 5]) && !Thirds.are(rule, [100, 2, 5]))
    #expect(!Thirds.are(nil, [1000, 500, 500]))
  }

  /// Parts of a voxel do not count: 20 mm are 6 voxels of 3 mm.
  @Test func marginsAreWholeVoxels() {
    let box = Box(lower: [10, 3, 4], upper: [12, 30, 40])
    let wide = box.widened(by: 20, [3, 5, 7], in: [20, 32, 100])
    #expect(wide == Box(lower: [4, 0, 2], upper: [18, 32, 42]))
  }
}
