/// The runs of some labels along x, and which of them touch: of labels that count as one, or of each label
/// by itself.
///
/// They are found row after row; those of two slices exist at a time, however many there are.
struct LabelRuns {
  struct Run {
    /// Voxels within the row.
    let voxels: Range<Int>
    /// 0 where labels count as one.
    let label: Int
    /// From 0, in the order of their first runs. A run takes the name of one that it touches and that came
    /// before, else a new one; the same runs get the same names in every walk.
    let name: Int
  }

  private let map: LabelMap
  /// `nil`: every label but background, each by itself.
  private let isMember: [Bool]?
  private let connectivity: Connectivity

  /// - Parameter labels: that count as one.
  init(of labels: Set<Int>, in map: LabelMap, _ connectivity: Connectivity) {
    self.map = map
    self.connectivity = connectivity
    var isMember = [Bool](repeating: false, count: 65536)
    for label in labels where (0...65535).contains(label) { isMember[label] = true }
    self.isMember = isMember
  }

  /// Runs of all labels; those of different labels do not touch.
  init(separatingLabelsOf map: LabelMap, _ connectivity: Connectivity) {
    self.map = map
    self.connectivity = connectivity
    isMember = nil
  }

  /// Walks through all rows.
  ///
  /// - Parameters:
  ///   - body: told the index of a row's first voxel, and the runs of the row. It may change labels of this row.
  ///   - unite: told two names whose runs touch.
  func walk(
    _ body: (_ first: Int, _ row: [Run]) -> Void, unite: (Int, Int) -> Void = { _, _ in }
  ) {
    let height = map.shape[1]
    // This slice's and the one's before.
    var rows = [[Run]](repeating: [], count: 2 * height)
    var count = 0
    for z in 0..<map.shape[0] {
      for y in 0..<height {
        let first = (z * height + y) * map.shape[2]
        let runs = runs(first)
        var names = [Int?](repeating: nil, count: runs.count)
        for (dz, dy) in neighbours where z >= dz && (0..<height).contains(y + dy) {
          take(&names, of: rows[(z - dz) % 2 * height + y + dy], for: runs, unite)
        }
        let row = zip(runs, names).map { run, name in
          if name == nil { count += 1 }
          return Run(voxels: run.voxels, label: run.label, name: name ?? count - 1)
        }
        rows[z % 2 * height + y] = row
        body(first, row)
      }
    }
  }

  /// Rows before a row whose voxels touch its own: slices back, and rows on.
  private var neighbours: [(Int, Int)] {
    switch connectivity {
    case .faces: [(0, -1), (1, 0)]
    case .all: [(0, -1), (1, -1), (1, 0), (1, 1)]
    }
  }

  /// A run that has no name yet.
  private typealias Nameless = (voxels: Range<Int>, label: Int)

  private func runs(_ first: Int) -> [Nameless] {
    var runs: [Nameless] = []
    let end = map.shape[2]
    var x = 0
    guard let isMember else {
      while x < end {
        let (start, label) = (x, map[first + x])
        while x < end, map[first + x] == label { x += 1 }
        if label > 0 { runs.append((start..<x, label)) }
      }
      return runs
    }
    while x < end {
      while x < end, !isMember[map[first + x]] { x += 1 }
      let start = x
      while x < end, isMember[map[first + x]] { x += 1 }
      if x > start { runs.append((start..<x, 0)) }
    }
    return runs
  }

  /// Gives runs the names of runs of another row that they touch.
  private func take(
    _ names: inout [Int?], of other: [Run], for runs: [Nameless], _ unite: (Int, Int) -> Void
  ) {
    // How many voxels past its ends a run touches.
    let reach = connectivity == .all ? 1 : 0
    var start = 0
    for (index, run) in runs.enumerated() {
      while start < other.count, other[start].voxels.upperBound + reach <= run.voxels.lowerBound {
        start += 1
      }
      var before = start
      while before < other.count, other[before].voxels.lowerBound < run.voxels.upperBound + reach {
        if other[before].label == run.label {
          if let name = names[index] {
            unite(name, other[before].name)
          } else {
            names[index] = other[before].name
          }
        }
        before += 1
      }
    }
  }
}
