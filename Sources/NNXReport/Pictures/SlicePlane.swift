import NNXImage

/// The three planes of a scan as radiologists look at them: the patient's left is on the right, front
/// and head are up; in the sagittal plane the front is on the left.
package enum SliceView: String, CaseIterable, Sendable {
  case axial, coronal, sagittal

  /// The letters of the directions to the right, down, and away from the viewer.
  var codes: (right: Character, down: Character, through: Character) {
    switch self {
    case .axial: ("L", "P", "S")
    case .coronal: ("L", "I", "P")
    case .sagittal: ("P", "I", "L")
    }
  }
}

/// How a view's axes lie in the array of a volume: the file axes nearest to the view's directions.
struct SlicePlane {
  /// Along the picture's axes and through it: which file axis (0 is x), and whether its indices run
  /// against the view's direction.
  struct Axis {
    let file: Int
    let isReversed: Bool
    let extent: Int
    let spacing: Double
  }

  let view: SliceView
  let right: Axis
  let down: Axis
  let through: Axis
  /// The voxel at the upper left of the first slice, and the distances of neighbours along the view.
  private let first: Int
  private let steps: [Int]

  init(_ view: SliceView, _ geometry: Geometry) {
    self.view = view
    let extents = [geometry.shape[2], geometry.shape[1], geometry.shape[0]]
    let strides = [1, extents[0], extents[0] * extents[1]]
    let codes = SlicePlane.distinctCodes(geometry)
    func axis(_ code: Character) -> Axis {
      let file = codes.firstIndex { $0 == code || $0 == opposite(code) } ?? 0
      return Axis(
        file: file, isReversed: codes[file] != code, extent: extents[file],
        spacing: geometry.fileSpacing[file])
    }
    let wanted = view.codes
    let axes = [axis(wanted.right), axis(wanted.down), axis(wanted.through)]
    (right, down, through) = (axes[0], axes[1], axes[2])
    first = axes.reduce(0) { sum, axis in
      sum + (axis.isReversed ? (axis.extent - 1) * strides[axis.file] : 0)
    }
    steps = axes.map { $0.isReversed ? -strides[$0.file] : strides[$0.file] }
  }

  /// Axis letters with each of the three pairs once, also where an oblique grid has two axes near one.
  private static func distinctCodes(_ geometry: Geometry) -> [Character] {
    let letters: [(Character, Character)] = [("L", "R"), ("P", "A"), ("S", "I")]
    var best: (sum: Double, codes: [Character]) = (-1, [])
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      let values = (0..<3).map { geometry.direction[3 * order[$0] + $0] }
      let sum = values.reduce(0) { $0 + abs($1) }
      if sum > best.sum + 1e-9 {
        best = (
          sum, zip(order, values).map { $1 >= 0 ? letters[$0].0 : letters[$0].1 }
        )
      }
    }
    return best.codes
  }

  /// Index in C order of the voxel at these steps along the view's axes.
  func index(right x: Int, down y: Int, through z: Int) -> Int {
    first + x * steps[0] + y * steps[1] + z * steps[2]
  }

  /// The size of a slice in mm.
  var size: (width: Double, height: Double) {
    (Double(right.extent) * right.spacing, Double(down.extent) * down.spacing)
  }

  /// The step along the view of the slice with the highest count; the middle one when all are 0.
  ///
  /// - Parameter counts: by index of each file axis (0 is x).
  func fullestSlice(_ counts: [[Int]]?) -> Int {
    guard let counts = counts?[through.file], let most = counts.max(), most > 0 else {
      return through.extent / 2
    }
    return filledSlices([counts]).first { counts[fileIndex($0)] == most } ?? through.extent / 2
  }

  /// Steps along the view of all slices with a count above 0, in the view's order.
  ///
  /// - Parameter lists: counts along the axis through the view.
  func filledSlices(_ lists: [[Int]]) -> [Int] {
    (0..<through.extent).filter { step in lists.contains { $0[fileIndex(step)] > 0 } }
  }

  private func fileIndex(_ step: Int) -> Int {
    through.isReversed ? through.extent - 1 - step : step
  }
}

/// How many voxels labels have in each slice along each axis of the file.
enum SliceCounts {
  /// Of several groups of labels, in one pass; each by axis (0 is x), then by index.
  static func of(_ groups: [[Int]], in map: LabelMap) -> [[[Int]]] {
    var slots = [[Int]](repeating: [], count: (groups.joined().max() ?? 0) + 1)
    for (slot, labels) in groups.enumerated() {
      for label in labels { slots[label].append(slot) }
    }
    return count(groups.count, in: map) { $0 < slots.count ? slots[$0] : [] }
  }

  /// Of all labels together; `nil` when no voxel has one.
  static func all(in map: LabelMap) -> [[Int]]? {
    let counts = count(1, in: map) { _ in [0] }[0]
    return counts[0].contains { $0 > 0 } ? counts : nil
  }

  private static func count(
    _ groups: Int, in map: LabelMap, slots: (Int) -> [Int]
  ) -> [[[Int]]] {
    let (depth, height, width) = (map.shape[0], map.shape[1], map.shape[2])
    let empty = [width, height, depth].map { [Int](repeating: 0, count: $0) }
    var counts = [[[Int]]](repeating: empty, count: groups)
    for row in 0..<(depth * height) {
      var column = 0
      while column < width {
        let label = map[row * width + column]
        let start = column
        while column < width, map[row * width + column] == label { column += 1 }
        guard label > 0 else { continue }
        for slot in slots(label) {
          counts[slot].add(start..<column, row % height, row / height)
        }
      }
    }
    return counts
  }
}

extension [[Int]] {
  /// Counts a run of voxels along x.
  fileprivate mutating func add(_ run: Range<Int>, _ y: Int, _ z: Int) {
    for x in run { self[0][x] += 1 }
    self[1][y] += run.count
    self[2][z] += run.count
  }
}
