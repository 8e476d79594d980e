import NNXImage

/// What one pass over two label maps tells of all their pairs, however many there are.
struct PairTally {
  struct Count {
    var first = 0
    var second = 0
    var both = 0
    var lower = [Int.max, Int.max, Int.max]
    var upper = [-1, -1, -1]

    /// Around the voxels of both, `(z, y, x)`.
    var box: [ClosedRange<Int>] { zip(lower, upper).map { $0...max($0, $1) } }
    var boxSize: Int { box.reduce(1) { $0 * $1.count } }
  }

  /// Of each pair.
  private(set) var counts: [Count]
  /// Whether the distances of all surfaces can be had in a time that one waits: not those of hundreds of
  /// labels that are scattered over the whole image, as the values of a scan are.
  let canMeasureSurfaces: Bool

  init(_ a: LabelMap, _ b: LabelMap, _ pairs: [LabelPair]) {
    var counts = [Count](repeating: Count(), count: pairs.count)
    let slots = (PairTally.slots(pairs.map(\.first)), PairTally.slots(pairs.map(\.second)))
    let (height, width) = (a.shape[1], a.shape[2])
    for row in 0..<(a.shape[0] * height) {
      let start = row * width
      var column = 0
      while column < width {
        let labels = (a[start + column], b[start + column])
        let from = column
        repeat {
          column += 1
        } while column < width
          && a[start + column] == labels.0 && b[start + column] == labels.1
        let own = labels.0 < slots.0.count ? slots.0[labels.0] : []
        let other = labels.1 < slots.1.count ? slots.1[labels.1] : []
        for slot in own {
          counts[slot].first += column - from
          counts[slot].reach(from..<column, row % height, row / height)
        }
        for slot in other {
          counts[slot].second += column - from
          counts[slot].reach(from..<column, row % height, row / height)
          if own.contains(slot) { counts[slot].both += column - from }
        }
      }
    }
    self.counts = counts
    let work = counts.reduce(0) { $0 + ($1.first > 0 && $1.second > 0 ? $1.boxSize : 0) }
    canMeasureSurfaces = work <= max(64 * a.count, 200_000_000)
  }

  /// For each value the pairs that have it.
  private static func slots(_ values: [[Int]]) -> [[Int]] {
    var slots = [[Int]](repeating: [], count: (values.joined().max() ?? 0) + 1)
    for (slot, values) in values.enumerated() {
      for value in values { slots[value].append(slot) }
    }
    return slots
  }
}

extension PairTally.Count {
  fileprivate mutating func reach(_ run: Range<Int>, _ y: Int, _ z: Int) {
    for (axis, ends) in [(z, z), (y, y), (run.lowerBound, run.upperBound - 1)].enumerated() {
      lower[axis] = min(lower[axis], ends.0)
      upper[axis] = max(upper[axis], ends.1)
    }
  }
}
