import NNXImage
import Testing

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
}
