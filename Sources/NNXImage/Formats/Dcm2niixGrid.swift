import NNXDICOM

/// The grid that dcm2niix writes, in its arithmetic (float32 throughout, so that headers are equal bit by bit):
/// `nifti_dicom2mat` and `set_nii_header_x` of the slice that the scanner counted first, `nii_flipZ` where it counted
/// down, then `nii_setOrtho` where the acquisition was three-dimensional, else `nii_flipY`.
struct Dcm2niixGrid {
  /// The s-form: three rows, RAS.
  let rows: [[Float]]
  /// The same for people who need no bits.
  let geometry: Geometry
  /// How the array with reversed rows is turned; `nil`: not at all.
  let orientation: Orientation?

  init(_ stack: SliceStack) {
    let first = stack.countedFirst
    let extents = [first.format.columns, stack.rows, stack.depth]
    var form = Form(stack, first)
    if stack.isCountedDown { form = form.reversed(2, extents[2]) }
    let turn = stack.volume.turnsToRAS ? form.turn(extents) : nil
    var sources = [0, 1, 2]
    if let turn {
      sources = turn.sources
      form = form.turned(turn)
    } else {
      form = form.reversed(1, extents[1])
    }
    let whole = turn.map { turn in
      // Of the array whose rows are reversed already.
      Orientation(
        patient: (0..<3).map { turn.sources.firstIndex(of: $0) ?? $0 },
        isPositive: (0..<3).map { turn.isReversed[$0] == ($0 == 1) })
    }
    orientation = whole.flatMap { $0.isIdentity ? nil : $0 }
    let rows = form.rows
    self.rows = rows
    let spacing = [Float(first.spacing[1]), Float(first.spacing[0]), stack.spacing]
    let signs: [Float] = [-1, -1, 1]
    let unit = sources.map { Double(spacing[$0]) }
    geometry = Geometry(
      shape: sources.map { extents[$0] }.reversed(), spacing: unit.reversed(),
      origin: (0..<3).map { Double(rows[$0][3] * signs[$0]) },
      direction: (0..<3).flatMap { index in
        (0..<3).map { Double(rows[index][$0] * signs[index]) / unit[$0] }
      })
  }
}

/// An s-form on its way through dcm2niix.
private struct Form {
  /// Three rows of four numbers, RAS.
  var rows: [[Float]]

  /// Which axis of the scanner's array each new one is, and which of the scanner's are reversed.
  typealias Turn = (sources: [Int], isReversed: [Bool], corner: [Float])

  private init(_ matrix: [[Float]], _ origin: [Float]) {
    rows = zip(matrix, origin).map { $0 + [$1] }
  }

  /// Of the scanner's array, from the slice `first`.
  init(_ stack: SliceStack, _ first: Slice) {
    let cosines = first.orientation.map { Float($0) }
    let (row, column) = (unit(Array(cosines[0..<3])), unit(Array(cosines[3..<6])))
    let normal = [
      row[1] * column[2] - row[2] * column[1], row[2] * column[0] - row[0] * column[2],
      row[0] * column[1] - row[1] * column[0],
    ]
    let spacing = [Float(first.spacing[1]), Float(first.spacing[0]), stack.placingDistance]
    var matrix = product(
      (0..<3).map { [row[$0], column[$0], normal[$0]] },
      (0..<3).map { axis in (0..<3).map { $0 == axis ? spacing[axis] : 0 } })
    let origin = stack.isRepaired ? stack.origin : first.position
    let signs: [Float] = [-1, -1, 1]
    for index in 0..<3 {
      if stack.isCountedDown { matrix[index][2] = -matrix[index][2] }
      matrix[index] = matrix[index].map { $0 * signs[index] }
    }
    self.init(matrix, (0..<3).map { Float(origin[$0]) * signs[$0] })
  }

  /// The same voxels when the array runs the other way along an axis.
  func reversed(_ axis: Int, _ extent: Int) -> Form {
    var corner: [Float] = [0, 0, 0]
    corner[axis] = Float(extent - 1)
    // From 0 on, as `nifti_vect44mat44_mul`: no zero is negative.
    let origin = rows.map { row in
      ((0 + row[0] * corner[0] + row[1] * corner[1]) + row[2] * corner[2]) + row[3]
    }
    let mirror = (0..<3).map { row in
      (0..<3).map { Float($0 == row ? (row == axis ? -1 : 1) : 0) }
    }
    return Form(product(rows, mirror), origin)
  }

  /// What brings the array nearest to RAS: from the corner that is nearest to the least of all, the axes in the order
  /// in which they follow the patient's most (`minCornerFlip`, `getBestOrient`).
  func turn(_ extents: [Int]) -> Turn {
    let corners = (0..<8).map { number -> [Float] in
      let voxel = (0..<3).map { number >> $0 & 1 == 1 ? Float(extents[$0] - 1) : 0 }
      return rows.map { (($0[0] * voxel[0] + $0[1] * voxel[1]) + $0[2] * voxel[2]) + $0[3] }
    }
    let least = (0..<3).map { axis in corners.map { $0[axis] }.reduce(.infinity, min) }
    let distances = corners.map { corner -> Float in
      let squares = zip(corner, least).map { Double($0 - $1) * Double($0 - $1) }
      return Float(((squares[0] + squares[1]) + squares[2]).squareRoot())
    }
    var nearest = 0
    for number in 1..<8 where distances[number] < distances[nearest] { nearest = number }
    let isReversed = (0..<3).map { nearest >> $0 & 1 == 1 }
    var best = (sum: Float(0), places: [0, 1, 2])
    // The new place of each axis, in dcm2niix's order: of equals the first counts.
    for places in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      var sum: Float = 0
      for new in 0..<3 {
        for old in 0..<3 where places[old] == new {
          sum += isReversed[old] ? -rows[new][old] : rows[new][old]
        }
      }
      if sum > best.sum { best = (sum, places) }
    }
    let sources = (0..<3).map { new in best.places.firstIndex(of: new) ?? new }
    return (sources, isReversed, corners[nearest])
  }

  func turned(_ turn: Turn) -> Form {
    let (sources, isReversed, corner) = turn
    guard sources != [0, 1, 2] || isReversed.contains(true) else { return self }
    let turning = (0..<3).map { old in
      (0..<3).map { sources[$0] == old ? Float(isReversed[old] ? -1 : 1) : 0 }
    }
    // No zero is negative.
    return Form(product(rows, turning).map { $0.map { $0 + 0 } }, corner)
  }
}

/// A vector of length one (`nifti_dicom2mat`): times the inverse of its length, which is reckoned in double.
private func unit(_ vector: [Float]) -> [Float] {
  let square = Double((vector[0] * vector[0] + vector[1] * vector[1]) + vector[2] * vector[2])
  let factor = Float(1 / square.squareRoot())
  return vector.map { $0 * factor }
}

/// A product of matrices of three columns; of a form its last column is left out.
private func product(_ left: [[Float]], _ right: [[Float]]) -> [[Float]] {
  left.map { row in
    (0..<3).map { (row[0] * right[0][$0] + row[1] * right[1][$0]) + row[2] * right[2][$0] }
  }
}
