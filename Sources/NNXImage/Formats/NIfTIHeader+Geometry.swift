import NNXSystem

extension NIfTIHeader {
  /// The grid and its place in the patient, and what is odd about them.
  ///
  /// Which of the two forms counts is the reader's choice: `itkForm` or `nibabelForm`. A form that
  /// nobody can lay voxels by gives way to the other. A sheared s-form without a q-form is an error in
  /// ITK; nnx takes its axes as they are, because prediction does not use them.
  ///
  /// - Parameter isNibabel: whether nibabel's rules count; else ITK's, which converts metres and
  ///   micrometres to mm and lets an axis of negative spacing run backwards.
  /// - Parameter allowsSeveral: whether there may be several volumes along a fourth axis.
  /// - Throws: `broken-image` for extents, spacings or an origin that cannot be; `geometry` when the file
  ///   gives a place and no given form is usable.
  func geometry(
    path: String, isNibabel: Bool = false, allowsSeveral: Bool = false
  ) throws(NNXError) -> (geometry: Geometry, remarks: [String]) {
    let shape = try shape(path: path, allowsSeveral: allowsSeveral)
    let spacing = try fileSpacing(shape, path: path, appliesUnits: !isNibabel)
    let place = try place(shape, path: path, isNibabel: isNibabel)
    let scale = isNibabel ? 1 : millimetresPerUnit
    var direction = place.form.direction
    for axis in 0..<3 where !isNibabel && pixdim[axis + 1] < 0 {
      for row in 0..<3 { direction[3 * row + axis] *= -1 }
    }
    // RAS to LPS: x and y change their signs.
    let signs: [Double] = [-1, -1, 1]
    let origin = zip(signs, place.form.origin).map { $0 * $1 * scale + 0 }
    try GridBounds.check(origin: origin, path: path)
    let geometry = Geometry(
      shape: shape, spacing: spacing.reversed(), origin: origin,
      direction: (0..<9).map { signs[$0 / 3] * direction[$0] + 0 })
    return (geometry, place.remarks + unexpectedLengths(spacing, scale) + ignoredUnit(isNibabel))
  }

  /// A remark when the axes of the s-form are not as long as `pixdim` says, by more than 1 %.
  private func unexpectedLengths(_ spacing: [Double], _ scale: Double) -> [String] {
    guard sformCode > 0, dim[0] > 2 else { return [] }
    let axes = NIfTIForm(kind: .rows, rows: rows).lengths.map { $0 * scale }
    guard zip(axes, spacing).contains(where: { abs($0 - $1) > 0.01 * $1 }) else { return [] }
    return [
      "voxels are \(lengths(axes)) mm by the s-form and"
        + " \(lengths(spacing)) mm by pixdim; pixdim counts"
    ]
  }

  private func ignoredUnit(_ isNibabel: Bool) -> [String] {
    guard isNibabel, let unitName else { return [] }
    return [GridBounds.ignored(unit: unitName, by: "nibabel")]
  }

  private func place(
    _ shape: [Int], path: String, isNibabel: Bool
  ) throws(NNXError) -> (form: NIfTIForm, remarks: [String]) {
    let (form, isRefused) = isNibabel ? (nibabelForm, false) : itkForm
    var remarks = given.compactMap { form in form.flaw.map { "the \(form.name) \($0)" } }
    if form.flaw == nil {
      if form.isSheared {
        remarks.append("the \(form.name) is sheared: two of its axes are not at right angles")
      }
      if isRefused { remarks.append("SimpleITK refuses such a form, and so does nnU-Net's reader") }
      return (form, remarks + disagreement(form, shape, isNibabel: isNibabel))
    }
    if let other = given.first(where: { $0.flaw == nil }) {
      return (other, remarks + ["the \(other.name) is used instead"])
    }
    throw NNXError(
      .geometry, "\(path) does not say where its voxels lie in the patient",
      details: remarks + rows.map { "s-form row: \(list($0))" },
      fixes: ["Export the image again, or correct its s-form"])
  }

  /// The forms that have a code.
  private var given: [NIfTIForm] {
    (sformCode > 0 ? [NIfTIForm(kind: .rows, rows: rows)] : [])
      + (qformCode > 0 ? [NIfTIForm(kind: .quaternion, rows: quaternionRows)] : [])
  }

  /// A remark when both forms are given and put a corner of the image in places more than a tenth of
  /// a voxel apart.
  private func disagreement(
    _ chosen: NIfTIForm, _ shape: [Int], isNibabel: Bool
  ) -> [String] {
    let both = given
    guard both.count == 2, both.allSatisfy({ $0.flaw == nil }) else { return [] }
    let distance = both[0].distance(to: both[1], extents: shape.reversed())
    let smallest = pixdim[1...min(dim[0], 3)].map { abs($0) }.min() ?? 0
    guard distance > 0.1 * smallest else { return [] }
    let sides =
      both[0].leftToRight == both[1].leftToRight
      ? "" : "; they do not agree which side is left"
    return [
      "its s-form (code \(sformCode)) and q-form (code \(qformCode)) put voxels up to"
        + " \(lengths([distance * (isNibabel ? 1 : millimetresPerUnit)])) mm apart: the \(chosen.name) counts, as in"
        + " \(isNibabel ? "nibabel" : "ITK")\(sides)"
    ]
  }
}
