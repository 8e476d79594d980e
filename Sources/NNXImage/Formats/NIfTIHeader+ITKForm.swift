extension NIfTIHeader {
  /// The place that ITK takes, and whether it takes the file at all.
  ///
  /// The rule is that of NiftiImageIO::SetImageIOOrientationFromNIfTI of ITK 5.4, in its float32:
  /// without codes LPS at 0; the s-form when it is at right angles and either the only one, or of code 1
  /// (scanner), or "very similar" to the q-form; otherwise the q-form. Two forms are very similar when
  /// their offsets, their singular values and their left singular vectors are; forms that are mirrored,
  /// or turned by half a round, about the first voxel often are.
  ///
  /// - Returns: `isRefused` when ITK finds "no orthonormal definition": the s-form then, as it is.
  var itkForm: (form: NIfTIForm, isRefused: Bool) {
    let quaternion = itkQuaternionRows
    let hasQuaternion = qformCode > 0
    let hasRows = sformCode > 0
    guard hasQuaternion || hasRows else {
      let identity = [[-1.0, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0]]
      return (NIfTIForm(kind: .assumed, rows: identity), false)
    }
    let choice = FormChoice(
      rows: hasRows ? single(rows) : nil, quaternion: single(quaternion), isScanner: sformCode == 1,
      hasQuaternion: hasQuaternion)
    if choice.takesRows || !hasQuaternion {
      return (NIfTIForm(kind: .rows, rows: rows), !choice.takesRows)
    }
    return (NIfTIForm(kind: .quaternion, rows: quaternion), false)
  }

  /// The q-form as ITK's library has it, which takes 1 for a spacing below 0; without one the axes as
  /// they are.
  private var itkQuaternionRows: [[Double]] {
    guard qformCode > 0 else {
      return (0..<3).map { row in (0..<4).map { $0 == row ? pixdim[row + 1] : 0 } }
    }
    let wide = quaternionRows(spacing: pixdim[1...3].map { $0 > 0 ? $0 : 1 })
    return version == .one ? wide.map { $0.map { Double(Float($0)) } } : wide
  }

  private func single(_ rows: [[Double]]) -> [[Float]] { rows.map { $0.map { Float($0) } } }
}

/// ITK's decision between two forms, three rows of four each.
private struct FormChoice {
  /// The s-form; `nil` when its code is 0.
  let rows: [[Float]]?
  let quaternion: [[Float]]
  let isScanner: Bool
  let hasQuaternion: Bool

  var takesRows: Bool {
    guard let rows else { return false }
    guard isAffine(rows), hasRightAngles(rows) else { return isEqual(rows) }
    return !hasQuaternion || isScanner || isVerySimilar(rows)
  }

  /// Element by element; what is no number counts as equal, as in ITK.
  private func isEqual(_ rows: [[Float]]) -> Bool {
    var shift: Float = 0
    for row in 0..<3 {
      for column in 0..<3
      where Double(abs(rows[row][column] - quaternion[row][column])) > 1e-5 { return false }
      shift += abs(rows[row][3] - quaternion[row][3])
    }
    return !(Double(shift) > 1e-7)
  }

  /// Whether the matrix can be inverted in double (`IsAffine`).
  private func isAffine(_ rows: [[Float]]) -> Bool {
    let wide = rows.map { $0.map { Double($0) } }
    guard wide.joined().allSatisfy(\.isFinite) else { return false }
    let whole = SingularVectors(wide + [[0, 0, 0, 1]])
    guard whole.condition > Double.ulpOfOne else { return false }
    let (inverse, turned) = (whole.inverse, SingularVectors(wide.map { Array($0[..<3]) }).inverse)
    let tolerance = 1e-2
    var (differences, shifts) = (0.0, 0.0)
    for row in 0..<3 {
      for column in 0..<3 { differences += abs(inverse[row][column] - turned[row][column]) }
      let moved = (0..<3).reduce(0.0) { $0 + turned[row][$1] * wide[$1][3] }
      shifts += abs(inverse[row][3] + moved)
    }
    return !(differences > tolerance || shifts > tolerance)
  }

  private func hasRightAngles(_ rows: [[Float]]) -> Bool {
    var unit = rows
    for column in 0..<3 {
      let squares = (0..<3).reduce(0.0) { $0 + Double(rows[$1][column] * rows[$1][column]) }
      guard squares != 0 else { continue }
      let factor = 1 / squares.squareRoot()
      for row in 0..<3 { unit[row][column] = Float(factor * Double(rows[row][column])) }
    }
    return isIdentity { row, column in
      (0..<3).reduce(0) { $0 + unit[row][$1] * unit[column][$1] }
    }
  }

  private func isVerySimilar(_ rows: [[Float]]) -> Bool {
    let own = SingularVectors(rows.map { Array($0[..<3]) })
    let other = SingularVectors(quaternion.map { Array($0[..<3]) })
    let tolerance = 1e-4
    return (0..<3).allSatisfy {
      Double(abs(own.values[$0] - other.values[$0])) <= tolerance
        && Double(abs(rows[$0][3] - quaternion[$0][3])) <= tolerance
    }
      && isIdentity { row, column in
        (0..<3).reduce(0) { $0 + own.left[$1][row] * other.left[$1][column] }
      }
  }

  private func isIdentity(_ element: (Int, Int) -> Float) -> Bool {
    (0..<9).allSatisfy { index in
      let expected: Float = index % 4 == 0 ? 1 : 0
      return Double(abs(element(index / 3, index % 3) - expected)) <= 1e-4
    }
  }
}
