import CNIfTI

extension NIfTIHeader {
  /// The header of a label map on this image's grid.
  ///
  /// `dim`, `pixdim`, the q-form, the s-form, their codes and `xyzt_units` keep their bytes, and the
  /// file its byte order; what describes the intensities of the image, and free text, does not.
  ///
  /// - Parameters:
  ///   - isWide: whether labels are `UInt16`, not `UInt8`.
  ///   - description: for `descrip`; ASCII, cut after 79 characters.
  ///   - table: becomes an extension; none when it is empty.
  /// - Returns: all bytes before the first label.
  func bytesForLabels(
    isWide: Bool, description: String, table: LabelTable = LabelTable()
  ) -> [UInt8] {
    let type = isWide ? VoxelType.uint16 : VoxelType.uint8
    let extensions = table.extensionBytes(isSwapped: isSwapped)
    let offset = version.size + extensions.count
    let header =
      version == .one ? one(type, description, offset) : two(type, description, offset)
    return header + extensions
  }

  /// The header of an image of such voxels on this grid: as that of labels, without a table.
  ///
  /// - Returns: all bytes before the first voxel.
  func bytesForVoxels(_ type: VoxelType, description: String) -> [UInt8] {
    let extensions = LabelTable().extensionBytes(isSwapped: isSwapped)
    let offset = version.size + extensions.count
    let header =
      version == .one ? one(type, description, offset) : two(type, description, offset)
    return header + extensions
  }

  private func one(_ type: VoxelType, _ description: String, _ offset: Int) -> [UInt8] {
    let old = nifti_1_header(bytes, isSwapped: isSwapped)
    var new = nifti_1_header()
    new.sizeof_hdr = old.sizeof_hdr
    new.regular = CChar(UInt8(ascii: "r"))
    new.dim_info = old.dim_info
    new.dim = old.dim
    new.datatype = Int16(type.rawValue)
    new.bitpix = Int16(8 * type.size)
    new.pixdim = old.pixdim
    new.vox_offset = Float(offset)
    new.scl_slope = 1
    new.xyzt_units = old.xyzt_units
    fill(&new.descrip, description)
    new.qform_code = old.qform_code
    new.sform_code = old.sform_code
    new.quatern_b = old.quatern_b
    new.quatern_c = old.quatern_c
    new.quatern_d = old.quatern_d
    new.qoffset_x = old.qoffset_x
    new.qoffset_y = old.qoffset_y
    new.qoffset_z = old.qoffset_z
    new.srow_x = old.srow_x
    new.srow_y = old.srow_y
    new.srow_z = old.srow_z
    new.magic = old.magic
    return new.bytes(isSwapped: isSwapped)
  }

  private func two(_ type: VoxelType, _ description: String, _ offset: Int) -> [UInt8] {
    let old = nifti_2_header(bytes, isSwapped: isSwapped)
    var new = nifti_2_header()
    new.sizeof_hdr = old.sizeof_hdr
    new.magic = old.magic
    new.datatype = Int16(type.rawValue)
    new.bitpix = Int16(8 * type.size)
    new.dim = old.dim
    new.pixdim = old.pixdim
    new.vox_offset = Int64(offset)
    new.scl_slope = 1
    fill(&new.descrip, description)
    new.qform_code = old.qform_code
    new.sform_code = old.sform_code
    new.quatern_b = old.quatern_b
    new.quatern_c = old.quatern_c
    new.quatern_d = old.quatern_d
    new.qoffset_x = old.qoffset_x
    new.qoffset_y = old.qoffset_y
    new.qoffset_z = old.qoffset_z
    new.srow_x = old.srow_x
    new.srow_y = old.srow_y
    new.srow_z = old.srow_z
    new.xyzt_units = old.xyzt_units
    new.dim_info = old.dim_info
    return new.bytes(isSwapped: isSwapped)
  }
}
