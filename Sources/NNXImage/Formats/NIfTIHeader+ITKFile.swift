import CNIfTI

// Files as ITK's writer makes them: of an image nothing is left but its grid, its place and the type of its voxels.

extension NIfTIHeader {
  /// The header that ITK 5.4 writes (`NiftiImageIO::WriteImageInformation`, `SetNIfTIOrientationFromImageIO`):
  /// both forms of code 1, made in float32 by libnifti.
  ///
  /// - Parameters:
  ///   - axes: of the file: 2 or 3.
  ///   - wasTurned: whether ITK turned the image before: it has no zeros of negative sign then, and x and y, which
  ///     change their signs, write them.
  /// - Returns: all bytes before the first voxel.
  static func itkFile(
    _ geometry: Geometry, axes: Int, _ type: VoxelType, wasTurned: Bool = false
  ) -> [UInt8] {
    var header = nifti_1_header(NIfTIHeader(geometry, axes: axes).bytes, isSwapped: false)
    header.datatype = Int16(type.rawValue)
    header.bitpix = Int16(8 * type.size)
    header.qform_code = 1
    // Adding 0 makes 0 of -0, adding -0 changes nothing.
    let forms = itkForms(
      geometry, spacing: geometry.fileSpacing, zero: wasTurned ? -0.0 : 0)
    header.pixdim.0 = forms.sign
    (header.quatern_b, header.quatern_c, header.quatern_d) = forms.quaternion
    let rows = elements(forms.rows, Float.self)
    (header.qoffset_x, header.qoffset_y, header.qoffset_z) = (rows[3], rows[7], rows[11])
    func row(_ start: Int) -> (Float, Float, Float, Float) {
      (rows[start], rows[start + 1], rows[start + 2], rows[start + 3])
    }
    (header.srow_x, header.srow_y, header.srow_z) = (row(0), row(4), row(8))
    return header.bytes(isSwapped: false) + [0, 0, 0, 0]
  }
}

/// Both forms of a grid as ITK 5.4 has libnifti make them, in float32
/// (`NiftiImageIO::SetNIfTIOrientationFromImageIO`): of axes at right angles.
///
/// - Parameters:
///   - spacing: in mm, x first.
///   - zero: added to cosines.
func itkForms(_ geometry: Geometry, spacing: [Double], zero: Double) -> nnx_nifti_itk_forms {
  // LPS to RAS: x and y change their signs.
  let signs: [Double] = [-1, -1, 1]
  let columns = (0..<3).flatMap { column in
    (0..<3).map { Float(signs[$0] * geometry.direction[3 * $0 + column] + zero) }
  }
  let origin = (0..<3).map { Float(signs[$0] * geometry.origin[$0] + 0) }
  return unsafe nnx_nifti_forms(columns, origin, spacing)
}
