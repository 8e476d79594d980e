import NNXTensor
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

  @Test func boxesAndKeptLabels() {
    let map = LabelMap([2, 2, 3], [0, 0, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0])
    #expect(map.box(of: .foreground) == Box(lower: [0, 0, 1], upper: [2, 1, 3]))
    #expect(map.box(of: .values([4])) == Box(lower: [1, 0, 1], upper: [2, 1, 2]))
    #expect(map.box(of: .values([1])) == nil)
    #expect(map.keeping(.values([4])).labels == [0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0])
  }
}
