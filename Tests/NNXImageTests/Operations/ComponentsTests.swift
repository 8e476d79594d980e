import NNXImage
import Testing

@Suite struct ComponentsTests {
  @Test(arguments: OperationCase.all("largest"))
  func keepsTheLargestComponentAsNNUNetDoes(_ item: OperationCase) throws {
    let labels = try #require(item.facts["labels"]?.array).compactMap(\.int)
    let isAll = item.facts["connectivity"]?.string == "all"
    let map = item.inputLabels
    let removed = map.keepLargestComponent(of: Set(labels), isAll ? .all : .faces)
    #expect(map.labels == item.expectedLabels)
    #expect(removed == zip(item.input, item.expected).count { $0 != $1 })
  }

  @Test func componentsOfEqualSizeAreAllKept() {
    let map = LabelMap([1, 1, 7], [1, 1, 0, 1, 0, 1, 1])
    map.keepLargestComponent(of: [1], .faces)
    #expect(map.labels == [1, 1, 0, 0, 0, 1, 1])
  }

  @Test func largeEnoughComponentsAreKept() {
    let map = LabelMap([1, 1, 9], [2, 2, 2, 0, 2, 2, 0, 2, 0])
    map.keepLargestComponent(of: [2], .faces, minimum: (volume: 3, voxel: 1.5))
    #expect(map.labels == [2, 2, 2, 0, 2, 2, 0, 0, 0])
  }

  @Test func countsComponents() {
    let map = LabelMap([2, 2, 3], [1, 0, 2, 0, 1, 0, 0, 0, 1, 3, 0, 0])
    #expect(Components(of: [1, 2], in: map, .faces).sizes == [1, 2, 1])
    #expect(Components(of: [1, 2], in: map, .all).sizes == [4])
    #expect(Components(of: [], in: map, .all).sizes == [])
  }
}
