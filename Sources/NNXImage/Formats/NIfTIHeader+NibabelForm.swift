extension NIfTIHeader {
  /// The place that nibabel takes (`get_best_affine` of nibabel 5.4): the s-form, else the q-form, else
  /// the spacings around the middle of the image, with x to the left.
  var nibabelForm: NIfTIForm {
    if sformCode > 0 { return NIfTIForm(kind: .rows, rows: rows) }
    if qformCode > 0 { return NIfTIForm(kind: .quaternion, rows: nibabelQuaternionRows) }
    let spacing = [-abs(pixdim[1]), abs(pixdim[2]), abs(pixdim[3])]
    let rows = (0..<3).map { row in
      (0..<4).map { column in
        if column == 3 { return -Double(max(dim[row + 1], 1) - 1) / 2 * spacing[row] }
        return column == row ? spacing[row] : 0
      }
    }
    return NIfTIForm(kind: .assumed, rows: rows)
  }

  /// `quat2mat` of nibabel, which rounds otherwise than libnifti.
  private var nibabelQuaternionRows: [[Double]] {
    let (x, y, z) = (quaternion[0], quaternion[1], quaternion[2])
    let rest = 1 - (x * x + y * y + z * z)
    let tolerance = 3 * (version == .one ? Double(Float.ulpOfOne) : Double.ulpOfOne)
    // nibabel refuses a quaternion that is too long; libnifti shortens it.
    guard rest >= -tolerance else { return quaternionRows }
    let w = abs(rest) < tolerance ? 0 : rest.squareRoot()
    let s = 2 / (w * w + x * x + y * y + z * z)
    let (sx, sy, sz) = (x * s, y * s, z * s)
    let turn = [
      [1 - (y * sy + z * sz), x * sy - w * sz, x * sz + w * sy],
      [x * sy + w * sz, 1 - (x * sx + z * sz), y * sz - w * sx],
      [x * sz - w * sy, y * sz + w * sx, 1 - (x * sx + y * sy)],
    ]
    let spacing = [abs(pixdim[1]), abs(pixdim[2]), (pixdim[0] < 0 ? -1 : 1) * abs(pixdim[3])]
    // A product of matrices, whose sums leave no zero negative.
    return (0..<3).map { row in
      (0..<3).map { column in
        (0..<3).reduce(0) { $0 + turn[row][$1] * ($1 == column ? spacing[$1] : 0) }
      } + [quaternionOffset[row]]
    }
  }
}
