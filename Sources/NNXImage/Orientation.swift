/// How the axes of a file lie in the patient, and so how its array is turned for readers that want
/// right, front and head in increasing order (RAS).
package struct Orientation: Equatable, Sendable {
  /// Axis `a` of the turned array `(z, y, x)` is axis `axes[a]` of the file's.
  package let axes: [Int]
  /// Whether axis `a` of the turned array runs against the file's.
  private(set) var flips: [Bool]

  /// No turn.
  static let asStored = Orientation(patient: [0, 1, 2], isPositive: [true, true, true])

  /// Whether turning changes nothing.
  var isIdentity: Bool { axes == [0, 1, 2] && !flips.contains(true) }

  /// - Parameters:
  ///   - patient: the axis of the patient (0: left and right, 1: back and front, 2: feet and head) along
  ///     which each axis of the file lies, x first.
  ///   - isPositive: whether it runs to the right, to the front, to the head.
  init(patient: [Int], isPositive: [Bool]) {
    var axes = [0, 1, 2]
    var flips = [false, false, false]
    for file in 0..<3 {
      axes[2 - patient[file]] = 2 - file
      flips[2 - patient[file]] = !isPositive[file]
    }
    self.axes = axes
    self.flips = flips
  }

  /// The same axes, some of which run the other way.
  ///
  /// - Parameter axes: of the turned array.
  func reversing(_ axes: [Int]) -> Orientation {
    var result = self
    for axis in axes { result.flips[axis].toggle() }
    return result
  }

  /// As ITK tells it: the largest cosine decides about its axis and its direction, then the largest of
  /// the rest (`DICOMOrientation::DirectionCosinesToOrientation` of ITK 5.4).
  ///
  /// - Parameter direction: as `Geometry.direction`, LPS.
  package init(itk direction: [Double]) {
    var patient = [0, 1, 2]
    var isPositive = [true, true, true]
    var (rows, columns): (Set<Int>, Set<Int>) = ([0, 1, 2], [0, 1, 2])
    while !rows.isEmpty {
      // Of equals the last counts, as in a sorted multimap that is read from its end.
      var best = (value: -1.0, row: 0, column: 0)
      for row in 0..<3 where rows.contains(row) {
        for column in 0..<3 where columns.contains(column) {
          let value = abs(direction[3 * row + column])
          if value >= best.value { best = (value, row, column) }
        }
      }
      let cosine = direction[3 * best.row + best.column]
      patient[best.column] = best.row
      isPositive[best.column] = best.row == 2 ? cosine > 0 : cosine < 0
      rows.remove(best.row)
      columns.remove(best.column)
    }
    self.init(patient: patient, isPositive: isPositive)
  }

  /// As nibabel tells it (`io_orientation` of nibabel 5.4): the nearest rotation of the affine; the
  /// file's axes from the most definite to the least take the patient's axis that they follow most.
  ///
  /// - Parameter affine: three rows from voxel indices `(x, y, z)` to mm, RAS; invertible.
  package init(nibabel affine: [[Double]]) {
    var unit: [Double] = []
    let lengths: [Double] = (0..<3).map { columnLength(affine, $0) }
    for row in affine {
      for column in 0..<3 {
        unit.append(row[column] / (lengths[column] == 0 ? 1 : lengths[column]))
      }
    }
    var rotation = nearestRotation(unit)
    var strength: [Double] = []
    for column in 0..<3 {
      let cosines = [abs(rotation[column]), abs(rotation[3 + column]), abs(rotation[6 + column])]
      strength.append(max(cosines[0], cosines[1], cosines[2]))
    }
    let order = [0, 1, 2].sorted { (-strength[$0], $0) < (-strength[$1], $1) }
    var patient = [0, 1, 2]
    var isPositive = [true, true, true]
    for column in order {
      var row = 0
      for other in 1..<3
      where abs(rotation[3 * other + column]) > abs(rotation[3 * row + column]) { row = other }
      patient[column] = row
      isPositive[column] = rotation[3 * row + column] >= 0
      for other in 0..<3 { rotation[3 * row + other] = 0 }
    }
    self.init(patient: patient, isPositive: isPositive)
  }
}

/// The length of a column of the 3 x 3 part of an affine.
func columnLength(_ affine: [[Double]], _ column: Int) -> Double {
  affine.reduce(0.0) { $0 + $1[column] * $1[column] }.squareRoot()
}

/// The orthogonal matrix nearest to a matrix of unit columns, row by row: the polar factor, by Newton's
/// iteration (Higham 1986).
private func nearestRotation(_ matrix: [Double]) -> [Double] {
  var current = matrix
  for _ in 0..<100 {
    guard let inverse = inverted(current) else { return current }
    var next = current
    var change = 0.0
    for index in 0..<9 {
      let transposed = index % 3 * 3 + index / 3
      next[index] = 0.5 * (current[index] + inverse[transposed])
      change = max(change, abs(next[index] - current[index]))
    }
    current = next
    if change < 1e-15 { break }
  }
  return current
}

/// The inverse of a 3 x 3 matrix given row by row; `nil` when there is none.
private func inverted(_ m: [Double]) -> [Double]? {
  func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a] * m[d] - m[b] * m[c] }
  let cofactors: [Double] = [
    minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5),
    minor(5, 3, 8, 6), minor(0, 2, 6, 8), minor(2, 0, 5, 3),
    minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4),
  ]
  let determinant = m[0] * cofactors[0] + m[1] * cofactors[3] + m[2] * cofactors[6]
  guard determinant.isFinite, determinant != 0 else { return nil }
  return cofactors.map { $0 / determinant }
}
