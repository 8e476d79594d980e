/// One of the two ways in which a NIfTI header tells where voxels lie.
struct NIfTIForm: Equatable {
  enum Kind: String {
    case quaternion = "q-form"
    case rows = "s-form"
    /// Neither: the reader's own assumption.
    case assumed = "assumed place"
  }

  let kind: Kind
  /// A 3 x 4 matrix from voxel indices `(x, y, z)` to the header's unit of length, RAS.
  let rows: [[Double]]

  var name: String { kind.rawValue }

  /// Of the first voxel.
  var origin: [Double] { rows.map { $0[3] } }

  /// Unit vectors along the file's axes as columns, row by row; an axis of no length stays so.
  var direction: [Double] {
    let lengths = lengths
    return rows.flatMap { row in (0..<3).map { row[$0] / (lengths[$0] == 0 ? 1 : lengths[$0]) } }
  }

  /// Of the axes, `(x, y, z)`.
  var lengths: [Double] { (0..<3).map { columnLength(rows, $0) } }

  /// Why nobody can lay voxels by it; `nil` when one can.
  var flaw: String? {
    guard rows.joined().allSatisfy(\.isFinite) else { return "contains values that are no numbers" }
    return spansSpace(direction) ? nil : "does not span space (its determinant is 0)"
  }

  /// Whether two of its axes are not at right angles, by more than ITK tolerates.
  var isSheared: Bool {
    let unit = direction
    return [(0, 1), (0, 2), (1, 2)].contains { pair in
      let products = (0..<3).map { unit[3 * $0 + pair.0] * unit[3 * $0 + pair.1] }
      return abs(products.reduce(0, +)) > 1e-4
    }
  }

  /// How far this form and another put one voxel apart at most, in their unit.
  ///
  /// - Parameter extents: of the image, x first.
  func distance(to other: NIfTIForm, extents: [Int]) -> Double {
    (0..<8).reduce(0) { largest, corner in
      let squares = (0..<3).map { row in
        var difference = rows[row][3] - other.rows[row][3]
        for axis in 0..<3 where corner >> axis & 1 == 1 {
          difference += (rows[row][axis] - other.rows[row][axis]) * Double(extents[axis] - 1)
        }
        return difference * difference
      }
      return max(largest, squares.reduce(0, +).squareRoot())
    }
  }

  /// Which axis runs from left to right, and whether towards the right: what a form says of the sides.
  var leftToRight: (axis: Int, isToRight: Bool) {
    let unit = direction
    let axis = (0..<3).max { abs(unit[$0]) < abs(unit[$1]) } ?? 0
    return (axis, unit[axis] > 0)
  }
}
