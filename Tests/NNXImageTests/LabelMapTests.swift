import Testing

@testable import NNXImage

@Suite struct LabelMapTests {
  @Test func beginsAsBackground() {
    #expect(LabelMap([2, 3, 1], largestLabel: 4).labels == [0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [9, 254, 255, 4000])
  func keepsWhatIsStored(_ largest: Int) {
    let map = LabelMap([1, 2, 4], largestLabel: largest)
    #expect(map.isWide == (largest >= 255))
    map[1] = largest
    let row: [UInt16] = [3, 0, UInt16(largest)]
    map.store(row.span, at: 5)
    #expect(map.labels == [0, largest, 0, 0, 0, 3, 0, largest])
  }

  @Test func countsVoxels() {
    #expect(LabelMap([1, 1, 6], [0, 2, 2, 5, 0, 0]).histogram == [3, 0, 2, 0, 0, 1])
    #expect(LabelMap([1, 1, 2], [300, 300]).histogram.last == 2)
    #expect(LabelMap([1, 1, 0], []).histogram == [0])
  }

  /// By value, whatever runs go on in the next row or slice.
  @Test(arguments: [0, 300]) func boxesEncloseLabels(other: Int) {
    let map = LabelMap([3, 3, 4], largestLabel: max(other, 5))
    for index in [1, 2, 17] { map[index] = 2 }
    for index in 6..<9 { map[index] = 3 }
    for index in 19..<25 { map[index] = 5 }
    map[35] = other
    var expected = [2: [1, 2, 0, 1, 0, 1], 3: [0, 3, 1, 2, 0, 0], 5: [0, 3, 0, 2, 1, 2]]
    if other > 0 { expected[other] = [3, 3, 2, 2, 2, 2] }
    #expect(map.boxes == expected)
  }
}
