import CNIfTI

extension NIfTIHeader {
  /// A NIfTI-1 header that tells a grid's place, for an image that came in a file of another kind; with
  /// the forms that ITK writes (NiftiImageIO::SetNIfTIOrientationFromImageIO): both, of code 1.
  ///
  /// - Parameters:
  ///   - axes: 2 for a single slice from a file of two axes, else 3.
  ///   - exact: the s-form, bit by bit; `nil`: the grid's.
  init(_ geometry: Geometry, axes: Int, rows exact: [[Float]]? = nil) {
    // LPS to RAS: x and y change their signs.
    let signs: [Double] = [-1, -1, 1]
    var rows: [[Double]] = []
    for row in 0..<3 {
      let axes = geometry.direction[(3 * row)..<(3 * row + 3)]
      rows.append((axes + [geometry.origin[row]]).map { signs[row] * $0 + 0 })
    }
    let form = qform(of: rows)
    var header = nifti_1_header()
    header.sizeof_hdr = Int32(Version.one.size)
    header.regular = CChar(UInt8(ascii: "r"))
    let extents = geometry.shape.reversed().map { Int16(clamping: $0) }
    header.dim = (Int16(axes), extents[0], extents[1], extents[2], 1, 1, 1, 1)
    let spacing = geometry.fileSpacing.map { Float($0) }
    header.pixdim = (Float(form.sign), spacing[0], spacing[1], spacing[2], 0, 0, 0, 0)
    if axes == 2 { header.pixdim.3 = 0 }
    header.vox_offset = Float(Version.one.firstDataOffset)
    header.scl_slope = 1
    let millimetresAndSeconds: CChar = 2 | 8
    header.xyzt_units = millimetresAndSeconds
    // Axes that are not at right angles have no quaternion.
    header.qform_code = form.is_rotation != 0 ? 1 : 0
    header.sform_code = 1
    header.quatern_b = Float(form.quaternion.0)
    header.quatern_c = Float(form.quaternion.1)
    header.quatern_d = Float(form.quaternion.2)
    header.qoffset_x = Float(rows[0][3])
    header.qoffset_y = Float(rows[1][3])
    header.qoffset_z = Float(rows[2][3])
    let scale = axes == 2 ? [spacing[0], spacing[1], 1] : spacing
    func row(_ index: Int) -> (Float, Float, Float, Float) {
      if let exact { return (exact[index][0], exact[index][1], exact[index][2], exact[index][3]) }
      let values = (0..<3).map { Float(rows[index][$0] * Double(scale[$0])) }
      return (values[0], values[1], values[2], Float(rows[index][3]))
    }
    header.srow_x = row(0)
    header.srow_y = row(1)
    header.srow_z = row(2)
    fill(&header.magic, "n+1")
    self.init(one: header.bytes(isSwapped: false))
  }
}
