import CNIfTI
import NNXSystem

/// The header of a NIfTI-1 or NIfTI-2 file: its bytes, and what they say.
///
/// Sources: https://nifti.nimh.nih.gov/nifti-1 (nifti1.h) and /nifti-2 (nifti2.h). Field names are
/// theirs.
package struct NIfTIHeader: Equatable, Sendable {
  package enum Version: Int, Sendable {
    case one = 1
    case two = 2

    /// Bytes of the header.
    package var size: Int { self == .one ? 348 : 540 }
    /// Where voxels begin at the earliest: after the header and the four bytes of the extension mark.
    var firstDataOffset: Int { size + 4 }
  }

  package let version: Version
  /// The header as it lies in the file, in the file's byte order.
  package let bytes: [UInt8]
  /// Whether the file's byte order is not this machine's.
  package let isSwapped: Bool
  /// `dim[0...7]`: number of axes, then their extents, x first.
  let dim: [Int]
  /// `pixdim[0...7]`: the sign of the quaternion, then the spacing of each axis in `units`, x first.
  let pixdim: [Double]
  /// `datatype`: a code of nifti1.h.
  let datatype: Int
  /// `vox_offset`: bytes before the first voxel.
  package let dataOffset: Double
  package let slope: Double
  let intercept: Double
  let qformCode: Int
  let sformCode: Int
  /// `quatern_b, quatern_c, quatern_d`.
  let quaternion: [Double]
  /// `qoffset_x, qoffset_y, qoffset_z`.
  let quaternionOffset: [Double]
  /// `srow_x, srow_y, srow_z`, four numbers each.
  package let rows: [[Double]]
  /// `xyzt_units`.
  package let units: Int
  /// What lies between the header and the voxels, from the mark of extensions on; empty where nobody read it.
  var extensions: [UInt8] = []
}

extension NIfTIHeader {
  /// Reads a header.
  ///
  /// - Parameters:
  ///   - bytes: 348 (NIfTI-1) or 540 (NIfTI-2).
  ///   - path: for errors.
  /// - Throws: `broken-image` when the magic string or the length is wrong. Nothing else is judged.
  package init(_ bytes: [UInt8], path: String) throws(NNXError) {
    switch bytes.count {
    case Version.one.size: self.init(one: bytes)
    case Version.two.size: self.init(two: bytes)
    default: preconditionFailure("\(bytes.count) bytes are no NIfTI header")
    }
    let magic = version == .one ? bytes[344..<348] : bytes[4..<12]
    let expected: [UInt8] =
      version == .one
      ? Array("n+1\0".utf8) : Array("n+2\0".utf8) + [0x0D, 0x0A, 0x1A, 0x0A]
    guard magic.elementsEqual(expected) else {
      if magic.starts(with: "ni".utf8) {
        throw NNXError(
          .unsupportedImage, "\(path) is the header of a pair of files (.hdr and .img)",
          fixes: ["Convert it to one file, for example with: nifti_tool or fslchfiletype NIFTI_GZ"])
      }
      throw NNXError(
        .brokenImage, "\(path) is not a NIfTI file",
        details: ["its magic string is wrong; Analyze 7.5 files are not read"],
        fixes: ["Convert the image to NIfTI (.nii.gz)"])
    }
  }

  /// Which version the first four bytes of a file announce; `nil` when it is no NIfTI file.
  package static func version(of start: [UInt8]) -> Version? {
    let little = start.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let big = start.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    if little == Version.one.size || big == Version.one.size { return .one }
    if little == Version.two.size || big == Version.two.size { return .two }
    return nil
  }

  init(one bytes: [UInt8]) {
    isSwapped = Int(nifti_1_header(bytes, isSwapped: false).sizeof_hdr) != Version.one.size
    let header = nifti_1_header(bytes, isSwapped: isSwapped)
    version = .one
    self.bytes = bytes
    dim = elements(header.dim, Int16.self).map { Int($0) }
    pixdim = elements(header.pixdim, Float.self).map { Double($0) }
    datatype = Int(header.datatype)
    dataOffset = Double(header.vox_offset)
    slope = Double(header.scl_slope)
    intercept = Double(header.scl_inter)
    qformCode = Int(header.qform_code)
    sformCode = Int(header.sform_code)
    quaternion = [header.quatern_b, header.quatern_c, header.quatern_d].map { Double($0) }
    quaternionOffset = [header.qoffset_x, header.qoffset_y, header.qoffset_z].map { Double($0) }
    rows = [header.srow_x, header.srow_y, header.srow_z].map { row in
      elements(row, Float.self).map { Double($0) }
    }
    units = Int(header.xyzt_units)
  }

  private init(two bytes: [UInt8]) {
    isSwapped = Int(nifti_2_header(bytes, isSwapped: false).sizeof_hdr) != Version.two.size
    let header = nifti_2_header(bytes, isSwapped: isSwapped)
    version = .two
    self.bytes = bytes
    dim = elements(header.dim, Int64.self).map { Int($0) }
    pixdim = elements(header.pixdim, Double.self)
    datatype = Int(header.datatype)
    dataOffset = Double(header.vox_offset)
    slope = header.scl_slope
    intercept = header.scl_inter
    qformCode = Int(header.qform_code)
    sformCode = Int(header.sform_code)
    quaternion = [header.quatern_b, header.quatern_c, header.quatern_d]
    quaternionOffset = [header.qoffset_x, header.qoffset_y, header.qoffset_z]
    rows = [header.srow_x, header.srow_y, header.srow_z].map { elements($0, Double.self) }
    units = Int(header.xyzt_units)
  }

  /// The q-form as a 3 x 4 matrix from voxel indices `(x, y, z)` to mm (RAS), by libnifti.
  var quaternionRows: [[Double]] {
    quaternionRows(spacing: pixdim[1...3].map { abs($0) })
  }

  /// - Parameter spacing: along `(x, y, z)`, above 0.
  func quaternionRows(spacing: [Double]) -> [[Double]] {
    let sign: Double = pixdim[0] < 0 ? -1 : 1
    let matrix = quaternionMatrix(quaternion, quaternionOffset, spacing, sign)
    let all = elements(matrix.rows, Double.self)
    return (0..<3).map { row in Array(all[(4 * row)..<(4 * row + 4)]) }
  }
}
