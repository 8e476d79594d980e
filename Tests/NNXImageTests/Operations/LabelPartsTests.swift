import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// How the labels of TotalSegmentator's parts become one map.
@Suite struct LabelLayingTests {
  @Test func theLastPartWinsAndLabelsBeyondTheTableAreNone() {
    let map = LabelMap([1, 1, 5], largestLabel: 9)
    map.lay(LabelMap([1, 1, 5], [1, 2, 3, 0, 4]), [7, 0, 9], threads: .all)
    #expect(map.labels == [7, 0, 9, 0, 0])
    map.lay(LabelMap([1, 1, 5], [0, 1, 1, 2, 0]), [8, 0], threads: .all)
    #expect(map.labels == [7, 8, 8, 0, 0])
  }

  /// A component of exactly the limit goes.
  @Test func smallComponentsOfEachLabelGo() {
    let map = LabelMap([1, 1, 9], [1, 1, 2, 2, 2, 0, 1, 1, 1])
    let spacing = [1.0, 2.0, 3.0]
    let two = map.clearingSmall(of: .foreground, upTo: 12, .faces, spacing: spacing)
    #expect(two.labels == [0, 0, 2, 2, 2, 0, 1, 1, 1])
    let less = map.clearingSmall(of: .foreground, upTo: 11.9, .faces, spacing: spacing)
    #expect(less.labels == map.labels)
    let one = map.clearingSmall(of: .values([2]), upTo: 18, .faces, spacing: spacing)
    #expect(one.labels == [1, 1, 0, 0, 0, 0, 1, 1, 1])
  }

  /// `remove_small_blobs_multilabel` of TotalSegmentator 2.18.0; the last limit is that of ten voxels exactly.
  @Test(arguments: 0..<4)
  func smallComponentsGoAsInThePackage(_ number: Int) throws {
    let path = "\(Fixtures.folder)/image/totalsegmentator.npz"
    func map(_ name: String) throws -> LabelMap {
      let array = try NPY.read(path, key: "\(name)\(number)")
      return LabelMap(array.shape, array.values.map { Int($0) })
    }
    let facts = try NPY.read(path, key: "facts\(number)").values.map { Double($0) }
    let cleared = try map("map").clearingSmall(
      of: .foreground, upTo: facts[0], .faces, spacing: facts[1...3].reversed())
    #expect(try cleared.labels == map("cleared").labels)
    #expect(try cleared.labels != map("map").labels)
  }

  @Test func boxesAndKeptLabels() {
    let map = LabelMap([2, 2, 3], [0, 0, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0])
    #expect(map.box(of: .foreground) == Box(lower: [0, 0, 1], upper: [2, 1, 3]))
    #expect(map.box(of: .values([4])) == Box(lower: [1, 0, 1], upper: [2, 1, 2]))
    #expect(map.box(of: .values([1])) == nil)
    #expect(map.keeping(.values([4])).labels == [0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0])
  }
}
