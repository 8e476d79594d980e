import NNXSystem

extension NIfTIHeader {
  /// The type of the stored voxels.
  ///
  /// - Throws: `unsupported-image` for complex, colour and 128-bit values.
  func voxelType(path: String) throws(NNXError) -> VoxelType {
    if let type = VoxelType(rawValue: datatype) { return type }
    let name = VoxelType.name(datatype)
    guard datatype != 0, name != "DT_UNKNOWN", name != "?" else {
      throw .badHeader(path, "its datatype code \(datatype) does not exist")
    }
    throw NNXError(
      .unsupportedImage, "\(path) has voxels of type \(name)",
      details: ["nnx reads integers and real numbers of 8 to 64 bits"],
      fixes: ["Convert the image to one real value per voxel"])
  }

  /// Number of voxels along `(z, y, x)` of a volume; one slice for a 2-D file.
  ///
  /// - Parameter allowsSeveral: whether there may be several volumes along a fourth axis.
  /// - Throws: `broken-image` for extents that cannot be; `unsupported-image` for more than one
  ///   volume.
  func shape(path: String, allowsSeveral: Bool = false) throws(NNXError) -> [Int] {
    let axes = dim[0]
    guard (1...7).contains(axes) else {
      throw .badHeader(path, "it says that the image has \(axes) axes (dim[0])")
    }
    let extents = Array(dim[1...axes])
    guard extents.allSatisfy({ $0 > 0 && $0 <= Int(Int32.max) }) else {
      throw .badHeader(path, "its extents are \(list(extents)) (dim)")
    }
    guard axes >= 2 else {
      throw NNXError(
        .unsupportedImage, "\(path) has one axis only; an image has two or three")
    }
    let volumes = extents.dropFirst(3).reduce(1) { $0.multipliedReportingOverflow(by: $1).0 }
    guard extents.dropFirst(allowsSeveral ? 4 : 3).allSatisfy({ $0 == 1 }) else {
      throw NNXError(
        .unsupportedImage, "\(path) holds \(volumes) volumes, not one",
        details: ["its extents are \(list(extents))"],
        fixes: ["Write each volume to a file of its own, for example with: fslsplit"])
    }
    return [extents.count > 2 ? extents[2] : 1, extents[1], extents[0]]
  }

  /// Bytes before the first voxel.
  ///
  /// - Throws: `broken-image` when that lies inside of the header or is no number.
  func checkedDataOffset(path: String) throws(NNXError) -> Int {
    guard let offset = Int(exactly: dataOffset), offset >= version.firstDataOffset else {
      throw .badHeader(
        path,
        "it says that voxels begin at byte \(dataOffset) (vox_offset);"
          + " the first byte that can hold them is \(version.firstDataOffset)")
    }
    return offset
  }

  /// Distance of voxels along `(x, y, z)` in mm: the size of `pixdim`, in its units, as ITK takes it;
  /// for a 2-D file z is 999 times the larger of both, as nnU-Net's SimpleITKIO has it.
  ///
  /// - Parameter shape: `(z, y, x)`.
  /// - Throws: `broken-image` for a spacing that is zero, no number, or far from any image. (ITK would
  ///   take 1 mm instead of zero and of what is no number, and say nothing.)
  func fileSpacing(
    _ shape: [Int], path: String, appliesUnits: Bool
  ) throws(NNXError) -> [Double] {
    let axes = min(dim[0], 3)
    let spacing = pixdim[1...axes].map { abs($0) * (appliesUnits ? millimetresPerUnit : 1) }
    try GridBounds.check(
      spacing: spacing, extents: Array(shape.reversed().prefix(axes)),
      fieldName(appliesUnits), path: path,
      upTo: appliesUnits && millimetresPerUnit > 1
        ? GridBounds.largestOfMetres : SpatialLimits.spacing.upperBound)
    return axes == 3 ? spacing : spacing + [999 * max(spacing[0], spacing[1])]
  }

  /// `pixdim` with its unit, unless that is mm or nothing.
  private func fieldName(_ appliesUnits: Bool) -> String {
    guard let unitName else { return "pixdim" }
    return appliesUnits
      ? "pixdim, in \(unitName) by its units" : "pixdim; nibabel does not convert its \(unitName)"
  }

  /// What `xyzt_units` names, unless it is mm or nothing.
  var unitName: String? {
    switch units & 0x07 {
    case 1: "metres"
    case 3: "micrometres"
    default: nil
    }
  }

  /// After ITK's NiftiImageIO: metres and micrometres are converted, anything else is taken as mm.
  var millimetresPerUnit: Double {
    switch units & 0x07 {
    case 1: 1e3
    case 3: 1e-3
    default: 1
    }
  }
}

/// Numbers in a line of text.
func list<Number>(_ numbers: some Collection<Number>) -> String {
  numbers.map { "\($0)" }.joined(separator: " x ").excerpt
}
