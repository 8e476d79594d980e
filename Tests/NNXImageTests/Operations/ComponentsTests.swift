import TestSupport
import Testing

@testable import NNXImage

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

  @Test(arguments: [Connectivity.faces, .all], [1, 3, 5, 8])
  func componentsOfNoiseAreThoseOfAFloodFill(_ connectivity: Connectivity, _ density: Int) {
    var noise = SeededGenerator(seed: density)
    let shape = [6, 7, 23]
    let voxels = (0..<shape.reduce(1, *)).map { _ in
      Int.random(in: 0..<10, using: &noise) < density ? 1 : 0
    }
    let map = LabelMap(shape, voxels)
    let expected = floodFill(voxels, shape, connectivity)
    let components = Components(of: [1], in: map, connectivity)
    #expect(components.sizes == expected.map(\.count))
    let removed = components.remove { $0 % 2 == 1 }
    var left = voxels
    for voxel in expected.filter({ $0.count % 2 == 1 }).joined() { left[voxel] = 0 }
    #expect(map.labels == left)
    #expect(removed == zip(voxels, left).count { $0 != $1 })
  }

  /// The voxels of each component of 1, one voxel after the other.
  private func floodFill(
    _ voxels: [Int], _ shape: [Int], _ connectivity: Connectivity
  ) -> [[Int]] {
    var isLeft = voxels.map { $0 == 1 }
    var components: [[Int]] = []
    for seed in voxels.indices where isLeft[seed] {
      isLeft[seed] = false
      var component = [seed]
      var next = 0
      while next < component.count {
        let voxel = component[next]
        next += 1
        let place = [
          voxel / shape[2] / shape[1], voxel / shape[2] % shape[1], voxel % shape[2],
        ]
        for step in 0..<27 {
          let steps = [step / 9 - 1, step / 3 % 3 - 1, step % 3 - 1]
          let other = zip(place, steps).map(+)
          guard connectivity == .all || steps.count(where: { $0 != 0 }) == 1,
            zip(other, shape).allSatisfy({ $0 >= 0 && $0 < $1 })
          else { continue }
          let index = (other[0] * shape[1] + other[1]) * shape[2] + other[2]
          guard isLeft[index] else { continue }
          isLeft[index] = false
          component.append(index)
        }
      }
      components.append(component)
    }
    return components
  }
}
