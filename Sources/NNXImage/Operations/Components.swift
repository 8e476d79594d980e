import NNXTensor

/// Which voxels touch each other.
package enum Connectivity: Sendable {
  /// The 6 that share a face (4 in a slice): `scipy.ndimage.label`'s default, nnU-Net v1.
  case faces
  /// The 26 that share a face, an edge or a corner (8 in a slice): nnU-Net v2.
  case all
}

/// The connected components of a set of labels.
///
/// Built from runs along x that are joined where they touch (union-find): time and memory grow with the
/// number of runs, not of voxels.
package struct Components {
  /// Voxels of each component, in the order of their first voxels.
  package private(set) var sizes: [Int] = []
  private var runs: [Run] = []
  private let map: LabelMap

  private struct Run {
    let start: Int
    let end: Int
    /// The run that stands for the component, while they are joined; then the component.
    var component: Int
  }

  /// - Parameter labels: that count as one; voxels of all others separate components.
  package init(of labels: Set<Int>, in map: LabelMap, _ connectivity: Connectivity) {
    self.map = map
    var isMember = [Bool](repeating: false, count: 65536)
    for label in labels where (0...65535).contains(label) { isMember[label] = true }
    let rowCount = map.shape[0] * map.shape[1]
    var rowStarts = [0]
    for row in 0..<rowCount {
      findRuns(row, isMember)
      rowStarts.append(runs.count)
      let (z, y) = (row / map.shape[1], row % map.shape[1])
      for (dz, dy) in neighbours(connectivity) {
        let (otherZ, otherY) = (z + dz, y + dy)
        guard otherZ >= 0, otherY >= 0, otherY < map.shape[1] else { continue }
        let other = otherZ * map.shape[1] + otherY
        join(
          rowStarts[row]..<rowStarts[row + 1], rowStarts[other]..<rowStarts[other + 1],
          offset: (row - other) * map.shape[2], reach: connectivity == .all ? 1 : 0)
      }
    }
    number()
  }

  /// Rows before a row, relative to it, whose voxels touch its own.
  private func neighbours(_ connectivity: Connectivity) -> [(Int, Int)] {
    switch connectivity {
    case .faces: [(0, -1), (-1, 0)]
    case .all: [(0, -1), (-1, -1), (-1, 0), (-1, 1)]
    }
  }

  private mutating func findRuns(_ row: Int, _ isMember: [Bool]) {
    let end = (row + 1) * map.shape[2]
    var index = row * map.shape[2]
    while index < end {
      while index < end, !isMember[map[index]] { index += 1 }
      let start = index
      while index < end, isMember[map[index]] { index += 1 }
      if index > start { runs.append(Run(start: start, end: index, component: runs.count)) }
    }
  }

  /// Joins runs of two rows that touch.
  ///
  /// - Parameters:
  ///   - offset: of the first row from the other, in voxels.
  ///   - reach: how many voxels past its ends a run touches.
  private mutating func join(_ row: Range<Int>, _ other: Range<Int>, offset: Int, reach: Int) {
    var (a, b) = (row.lowerBound, other.lowerBound)
    while a < row.upperBound, b < other.upperBound {
      let (first, second) = (runs[a], runs[b])
      if first.start < second.end + offset + reach, second.start + offset < first.end + reach {
        unite(a, b)
      }
      if first.end < second.end + offset { a += 1 } else { b += 1 }
    }
  }

  private mutating func root(_ run: Int) -> Int {
    var run = run
    while runs[run].component != run {
      runs[run].component = runs[runs[run].component].component
      run = runs[run].component
    }
    return run
  }

  private mutating func unite(_ a: Int, _ b: Int) {
    let (first, second) = (root(a), root(b))
    if first < second { runs[second].component = first } else { runs[first].component = second }
  }

  /// Gives components numbers from 0 and counts their voxels.
  private mutating func number() {
    // A root comes before all other runs of its component.
    let roots = runs.indices.map { root($0) }
    for (index, root) in roots.enumerated() {
      if root == index {
        runs[index].component = sizes.count
        sizes.append(0)
      } else {
        runs[index].component = runs[root].component
      }
      sizes[runs[index].component] += runs[index].end - runs[index].start
    }
  }

  /// Turns the voxels of some components into background, in the map itself.
  ///
  /// - Parameter isRemoved: told the size of a component in voxels.
  /// - Returns: how many voxels were removed.
  @discardableResult
  package func remove(where isRemoved: (_ size: Int) -> Bool) -> Int {
    paint(0, in: map) { isRemoved(sizes[$0]) }
  }

  /// Gives the voxels of some components a label.
  ///
  /// - Parameters:
  ///   - target: of the same shape as the map that the components were found in.
  ///   - isMeant: told the number of a component, its place in `sizes`.
  /// - Returns: how many voxels were painted.
  @discardableResult
  func paint(
    _ label: Int, in target: LabelMap, where isMeant: (_ component: Int) -> Bool
  ) -> Int {
    let meant = sizes.indices.map(isMeant)
    var count = 0
    for run in runs where meant[run.component] {
      for index in run.start..<run.end { target[index] = label }
      count += run.end - run.start
    }
    return count
  }

  /// The smallest box around all components; `nil` when there is none.
  var box: Box? {
    let boxes = boxes
    guard let first = boxes.first else { return nil }
    return boxes.dropFirst().reduce(first) { sum, box in
      Box(
        lower: zip(sum.lower, box.lower).map(min), upper: zip(sum.upper, box.upper).map(max))
    }
  }

  /// The smallest box around each component.
  var boxes: [Box] {
    var lower = [[Int]](repeating: map.shape, count: sizes.count)
    var upper = [[Int]](repeating: [0, 0, 0], count: sizes.count)
    for run in runs {
      let (row, x) = run.start.quotientAndRemainder(dividingBy: map.shape[2])
      let (z, y) = row.quotientAndRemainder(dividingBy: map.shape[1])
      let (first, end) = ([z, y, x], [z + 1, y + 1, x + run.end - run.start])
      for axis in 0..<3 {
        lower[run.component][axis] = min(lower[run.component][axis], first[axis])
        upper[run.component][axis] = max(upper[run.component][axis], end[axis])
      }
    }
    return zip(lower, upper).map { Box(lower: $0, upper: $1) }
  }
}

extension LabelMap {
  /// Keeps the largest component that some labels form together, and all others as large; turns the rest
  /// of these labels into background, in place.
  ///
  /// nnU-Net's post-processing: v2 `remove_all_but_largest_component_from_segmentation` with `.all`, v1
  /// `remove_all_but_the_largest_connected_component` with `.faces`.
  ///
  /// - Parameters:
  ///   - labels: that count as one.
  ///   - minimum: of v1's `min_valid_object_sizes`: components of at least that volume are kept too;
  ///     with the volume of a voxel in the same unit, mm³.
  /// - Returns: how many voxels were removed.
  @discardableResult
  package func keepLargestComponent(
    of labels: Set<Int>, _ connectivity: Connectivity,
    minimum: (volume: Double, voxel: Double)? = nil
  ) -> Int {
    let components = Components(of: labels, in: self, connectivity)
    let largest = components.sizes.max() ?? 0
    return components.remove { size in
      guard size < largest else { return false }
      guard let minimum else { return true }
      return Double(size) * minimum.voxel < minimum.volume
    }
  }
}
