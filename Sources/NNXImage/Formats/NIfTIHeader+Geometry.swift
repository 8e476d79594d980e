import NNXSystem

extension NIfTIHeader {
  /// The grid and its place in the patient, and what is odd about them.
  ///
  /// Which of the two forms counts is ITK's choice (NiftiImageIO::SetImageIOOrientationFromNIfTI of
  /// ITK 5.4): the s-form when it is in scanner space (code 1) or when there is no q-form, otherwise
  /// the q-form; a form that is no rotation gives way to the other. A sheared s-form without a q-form
  /// is an error in ITK; nnx takes its axes as they are, because prediction does not use them.
  ///
  /// - Parameter appliesUnits: whether metres and micrometres are converted to mm (ITK), or the spacing
  ///   is taken as it stands (nibabel).
  /// - Throws: `broken-image` for extents or spacings that cannot be; `geometry` when the file gives
  ///   a place and no given form is usable.
  func geometry(
    path: String, appliesUnits: Bool = true
  ) throws(NNXError) -> (geometry: Geometry, remarks: [String]) {
    let shape = try shape(path: path)
    let spacing = try fileSpacing(path: path, appliesUnits: appliesUnits)
    let place = try place(path: path)
    let scale = millimetresPerUnit
    let geometry = Geometry(
      shape: shape, spacing: spacing.reversed(),
      origin: [-place.form.origin[0], -place.form.origin[1], place.form.origin[2]].map {
        $0 * scale + 0
      },
      direction: place.form.direction.enumerated().map { $0.offset < 6 ? -$0.element : $0.element })
    return (geometry, place.remarks + unexpectedLengths(spacing) + disagreement(with: geometry))
  }

  /// A remark when the axes of the s-form are not as long as `pixdim` says, by more than 1 %.
  private func unexpectedLengths(_ spacing: [Double]) -> [String] {
    guard sformCode > 0, dim[0] > 2 else { return [] }
    let lengths = (0..<3).map { axis in
      rows.reduce(0) { $0 + $1[axis] * $1[axis] }.squareRoot() * millimetresPerUnit
    }
    guard zip(lengths, spacing).contains(where: { abs($0 - $1) > 0.01 * $1 }) else { return [] }
    return [
      "voxels are \(list(lengths.map(rounded))) mm by the s-form and"
        + " \(list(spacing.map(rounded))) mm by pixdim; pixdim counts"
    ]
  }

  private func place(path: String) throws(NNXError) -> (form: Form, remarks: [String]) {
    let sform = sformCode > 0 ? Form(name: "s-form", rows: rows) : nil
    let qform = qformCode > 0 ? Form(name: "q-form", rows: quaternionRows) : nil
    let candidates = [sform, qform].compactMap { $0 }
    guard !candidates.isEmpty else { return (.identity, []) }
    let ordered = qform != nil && sformCode > 1 ? candidates.reversed() : candidates
    let remarks = ordered.flatMap { form in form.flaw.map { ["the \(form.name) \($0)"] } ?? [] }
    if let form = ordered.first(where: { $0.flaw == nil }) {
      let isFirst = form.name == ordered[0].name
      return (form, isFirst ? [] : remarks + ["the \(form.name) is used instead"])
    }
    if let form = ordered.first(where: { $0.isInvertible }) { return (form, remarks) }
    throw NNXError(
      .geometry, "\(path) does not say where its voxels lie in the patient",
      details: remarks + rows.map { "s-form row: \(list($0))" },
      fixes: ["Export the image again, or correct its s-form"])
  }

  /// A remark when both forms are given and put a corner of the image in places more than a tenth of
  /// a voxel apart.
  private func disagreement(with geometry: Geometry) -> [String] {
    guard sformCode > 0, qformCode > 0 else { return [] }
    let far = geometry.shape.reversed().map { Double($0 - 1) }
    let (first, second) = (rows, quaternionRows)
    var largest = 0.0
    for corner in 0..<8 {
      for row in 0..<3 {
        var difference = first[row][3] - second[row][3]
        for axis in 0..<3 where corner >> axis & 1 == 1 {
          difference += (first[row][axis] - second[row][axis]) * far[axis]
        }
        largest = max(largest, abs(difference))
      }
    }
    guard largest * millimetresPerUnit > 0.1 * (geometry.spacing.min() ?? 0) else { return [] }
    return ["s-form and q-form put a corner of the image \(rounded(largest)) mm apart"]
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// A place in the patient as one form of a header gives it, in its units, RAS.
private struct Form {
  let name: String
  let origin: [Double]
  /// Unit vectors along the file's axes as columns, row by row.
  let direction: [Double]
  /// Why this is no rotation; `nil` when it is one.
  let flaw: String?
  /// Whether the three axes span space.
  let isInvertible: Bool

  /// Axes that ITK takes as they are when a file has no form: those of LPS.
  static let identity = Form(
    name: "identity", rows: [[-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0]])

  init(name: String, rows: [[Double]]) {
    self.name = name
    origin = rows.map { $0[3] }
    let lengths = (0..<3).map { column in
      rows.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
    }
    let unit = rows.flatMap { row in (0..<3).map { row[$0] / lengths[$0] } }
    let determinant =
      unit[0] * (unit[4] * unit[8] - unit[5] * unit[7])
      - unit[1] * (unit[3] * unit[8] - unit[5] * unit[6])
      + unit[2] * (unit[3] * unit[7] - unit[4] * unit[6])
    let skew = [(0, 1), (0, 2), (1, 2)].reduce(0.0) { largest, pair in
      let products = (0..<3).map { unit[3 * $0 + pair.0] * unit[3 * $0 + pair.1] }
      return max(largest, abs(products.reduce(0, +)))
    }
    direction = unit
    isInvertible =
      rows.joined().allSatisfy(\.isFinite) && lengths.allSatisfy { $0 > 0 }
      && abs(determinant) > 1e-3
    if !rows.joined().allSatisfy(\.isFinite) {
      flaw = "contains values that are no numbers"
    } else if !isInvertible {
      flaw = "does not span space (its determinant is 0)"
    } else if skew > 1e-4 {
      flaw = "is sheared: two of its axes are not at right angles"
    } else {
      flaw = nil
    }
  }
}
