/// A label map whose steps are worked out voxel by voxel, without the code under test.
struct HandMade: Equatable {
  var labels: [Int]
  /// `(z, y, x)`.
  let shape: [Int]

  init(_ labels: [Int], _ shape: [Int]) {
    self.labels = labels
    self.shape = shape
  }

  func mapped(_ change: (Int, Int) -> Int) -> HandMade {
    HandMade(labels.enumerated().map { change($0.offset, $0.element) }, shape)
  }

  /// Where at least `count` maps hold a label that is meant.
  static func agreement(
    _ maps: [HandMade], _ count: Int, _ isMeant: (Int) -> Bool
  ) -> [Bool] {
    maps[0].labels.indices.map { index in
      maps.count { isMeant($0.labels[index]) } >= count
    }
  }

  /// Voxels of each component, found by flooding in the order of voxels.
  func components(reach: Int, _ isMeant: (Int) -> Bool) -> [[Int]] {
    var isOpen = labels.map(isMeant)
    var found: [[Int]] = []
    for start in labels.indices where isOpen[start] {
      isOpen[start] = false
      var voxels = [start]
      var next = 0
      while next < voxels.count {
        let place = position(voxels[next])
        next += 1
        for dz in -1...1 {
          for dy in -1...1 {
            for dx in -1...1 where abs(dz) + abs(dy) + abs(dx) <= reach {
              let other = [place[0] + dz, place[1] + dy, place[2] + dx]
              guard zip(other, shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
              let index = (other[0] * shape[1] + other[1]) * shape[2] + other[2]
              if isOpen[index] {
                isOpen[index] = false
                voxels.append(index)
              }
            }
          }
        }
      }
      found.append(voxels)
    }
    return found
  }

  func position(_ index: Int) -> [Int] {
    [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
  }

  /// The foreground's largest components, joined by faces, edges and corners.
  func largest(_ count: Int, isEnough: (_ size: Int, _ largest: Int) -> Bool = { _, _ in true })
    -> HandMade
  {
    let all = components(reach: 3) { $0 > 0 }
    let sorted = all.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    var kept: Set<Int> = []
    for (rank, component) in sorted.prefix(count).enumerated()
    where rank == 0 || isEnough(component.element.count, sorted[0].element.count) {
      kept.formUnion(component.element)
    }
    return mapped { kept.contains($0) ? $1 : 0 }
  }
}
