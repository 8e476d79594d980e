import CNIfTI

extension NIfTIHeader {
  /// A NIfTI-1 header that tells a grid's place, for an image that came in a file of another kind; with
  /// the forms that ITK writes, both of code 1, but that axes which are not at right angles stay as they are, in the
  /// s-form alone.
  ///
  /// - Parameters:
  ///   - axes: 2 for a single slice from a file of two axes, else 3.
  ///   - exact: the s-form that dcm2niix writes, bit by bit, from which it makes the q-form; `nil`: the grid's.
  init(_ geometry: Geometry, axes: Int, rows exact: [[Float]]? = nil) {
    // LPS to RAS: x and y change their signs.
    let signs: [Double] = [-1, -1, 1]
    var rows: [[Double]] = []
    for row in 0..<3 {
      let axes = geometry.direction[(3 * row)..<(3 * row + 3)]
      rows.append((axes + [geometry.origin[row]]).map { signs[row] * $0 + 0 })
    }
    var form = exact.map { qform(ofFloats: $0) } ?? qform(of: rows)
    let spacing = geometry.fileSpacing.map { Float($0) }
    let scale =
      axes == 2 ? [geometry.fileSpacing[0], geometry.fileSpacing[1], 1] : geometry.fileSpacing
    let isRight = form.is_rotation != 0
    var places =
      exact ?? rows.map { row in (0..<3).map { Float(row[$0] * scale[$0]) } + [Float(row[3])] }
    if isRight, exact == nil {
      let forms = itkForms(geometry, spacing: scale, zero: 0)
      let values = elements(forms.rows, Float.self)
      places = (0..<3).map { Array(values[4 * $0..<4 * $0 + 4]) }
      let parts = forms.quaternion
      form.quaternion = (Double(parts.0), Double(parts.1), Double(parts.2))
      form.sign = Double(forms.sign)
    }
    var header = nifti_1_header()
    header.sizeof_hdr = Int32(Version.one.size)
    header.regular = CChar(UInt8(ascii: "r"))
    let extents = geometry.shape.reversed().map { Int16(clamping: $0) }
    header.dim = (Int16(axes), extents[0], extents[1], extents[2], 1, 1, 1, 1)
    header.pixdim = (Float(form.sign), spacing[0], spacing[1], spacing[2], 0, 0, 0, 0)
    if axes == 2 { header.pixdim.3 = 0 }
    header.vox_offset = Float(Version.one.firstDataOffset)
    header.scl_slope = 1
    let millimetresAndSeconds: CChar = 2 | 8
    header.xyzt_units = millimetresAndSeconds
    header.qform_code = isRight ? 1 : 0
    header.sform_code = 1
    header.quatern_b = Float(form.quaternion.0)
    header.quatern_c = Float(form.quaternion.1)
    header.quatern_d = Float(form.quaternion.2)
    header.qoffset_x = Float(rows[0][3])
    header.qoffset_y = Float(rows[1][3])
    header.qoffset_z = Float(rows[2][3])
    func row(_ index: Int) -> (Float, Float, Float, Float) {
      (places[index][0], places[index][1], places[index][2], places[index][3])
    }
    header.srow_x = row(0)
    header.srow_y = row(1)
    header.srow_z = row(2)
    fill(&header.magic, "n+1")
    self.init(one: header.bytes(isSwapped: false))
  }
}
