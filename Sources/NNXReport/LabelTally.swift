import NNXImage
import NNXTensor

/// What one pass over a label map tells of all its labels, however many there are.
struct LabelTally {
  struct Part {
    var count = 0
    /// Sums of indices, smallest and largest, `(x, y, z)`.
    var sums = [0, 0, 0]
    var lower = [Int.max, Int.max, Int.max]
    var upper = [-1, -1, -1]

    /// The smallest box around the voxels, `(x, y, z)`.
    var box: [ClosedRange<Int>] { zip(lower, upper).map { $0...$1 } }
  }

  private(set) var parts: [Int: Part] = [:]
  /// Values of the voxels of each label.
  private(set) var intensities: [Int: [Float]] = [:]

  init(_ map: LabelMap) {
    let (height, width) = (map.shape[1], map.shape[2])
    for row in 0..<(map.shape[0] * height) {
      var column = 0
      while column < width {
        let label = map[row * width + column]
        let start = column
        while column < width, map[row * width + column] == label { column += 1 }
        if label > 0 {
          parts[label, default: Part()].add(start..<column, row % height, row / height)
        }
      }
    }
  }

  /// What some labels are together; `nil` when none has a voxel.
  func part(of labels: [Int]) -> Part? {
    let own = labels.compactMap { parts[$0] }
    guard let first = own.first else { return nil }
    return own.dropFirst().reduce(into: first) { $0.add($1) }
  }

  mutating func collect(_ voxels: Tensor, _ map: LabelMap) {
    var lists = [[Float]](repeating: [], count: (parts.keys.max() ?? 0) + 1)
    for (label, part) in parts { lists[label].reserveCapacity(part.count) }
    voxels.withSpan { values in
      for index in values.indices {
        let label = map[index]
        if label > 0 { lists[label].append(values[index]) }
      }
    }
    for label in parts.keys { intensities[label] = lists[label] }
  }
}

extension LabelTally.Part {
  fileprivate mutating func add(_ run: Range<Int>, _ y: Int, _ z: Int) {
    count += run.count
    sums[0] += (run.lowerBound + run.upperBound - 1) * run.count / 2
    sums[1] += y * run.count
    sums[2] += z * run.count
    for (axis, ends) in [(run.lowerBound, run.upperBound - 1), (y, y), (z, z)].enumerated() {
      lower[axis] = min(lower[axis], ends.0)
      upper[axis] = max(upper[axis], ends.1)
    }
  }

  fileprivate mutating func add(_ other: LabelTally.Part) {
    count += other.count
    for axis in 0..<3 {
      sums[axis] += other.sums[axis]
      lower[axis] = min(lower[axis], other.lower[axis])
      upper[axis] = max(upper[axis], other.upper[axis])
    }
  }
}
