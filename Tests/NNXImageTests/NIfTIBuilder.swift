import TestSupport

@testable import NNXImage

/// Makes NIfTI files, right and wrong ones, byte by byte after nifti1.h and nifti2.h.
struct NIfTIBuilder {
  var version = NIfTIHeader.Version.one
  var isBigEndian = false
  var dim = [3, 4, 4, 4, 1, 1, 1, 1]
  var datatype = 4
  var bitpix = 16
  var pixdim = [1.0, 1, 1, 1, 0, 0, 0, 0]
  var dataOffset: Double?
  var slope = 1.0
  var intercept = 0.0
  var units = 2
  var qformCode = 1
  var sformCode = 1
  var quaternion = [0.0, 0, 0]
  var place = [0.0, 0, 0]
  var rows: [[Double]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
  var magic: [UInt8]?
  /// What follows the header: the extension mark, and extensions.
  var extensions: [UInt8] = [0, 0, 0, 0]
  var data = (0..<128).map { UInt8($0) }

  var header: [UInt8] { version == .one ? headerOne : headerTwo }
  var file: [UInt8] { header + extensions + data }

  private var headerOne: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 348)
    put(&bytes, 0, Int32(348))
    for index in 0..<8 {
      put(&bytes, 40 + 2 * index, Int16(truncatingIfNeeded: dim[index]))
      put(&bytes, 76 + 4 * index, Float(pixdim[index]).bitPattern)
    }
    put(&bytes, 70, Int16(datatype))
    put(&bytes, 72, Int16(bitpix))
    put(&bytes, 108, Float(dataOffset ?? 352).bitPattern)
    put(&bytes, 112, Float(slope).bitPattern)
    put(&bytes, 116, Float(intercept).bitPattern)
    bytes[123] = UInt8(units)
    put(&bytes, 252, Int16(qformCode))
    put(&bytes, 254, Int16(sformCode))
    for (index, value) in (quaternion + place + rows.joined()).enumerated() {
      put(&bytes, 256 + 4 * index, Float(value).bitPattern)
    }
    bytes.replaceSubrange(344..<348, with: magic ?? Array("n+1\0".utf8))
    return bytes
  }

  private var headerTwo: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 540)
    put(&bytes, 0, Int32(540))
    bytes.replaceSubrange(4..<12, with: magic ?? Array("n+2\0\r\n\u{1A}\n".utf8))
    put(&bytes, 12, Int16(datatype))
    put(&bytes, 14, Int16(bitpix))
    for index in 0..<8 {
      put(&bytes, 16 + 8 * index, Int64(dim[index]))
      put(&bytes, 104 + 8 * index, pixdim[index].bitPattern)
    }
    put(&bytes, 168, Int64(dataOffset ?? 544))
    put(&bytes, 176, slope.bitPattern)
    put(&bytes, 184, intercept.bitPattern)
    put(&bytes, 344, Int32(qformCode))
    put(&bytes, 348, Int32(sformCode))
    for (index, value) in (quaternion + place + rows.joined()).enumerated() {
      put(&bytes, 352 + 8 * index, value.bitPattern)
    }
    put(&bytes, 500, Int32(units))
    return bytes
  }

  private func put<Value: FixedWidthInteger>(_ bytes: inout [UInt8], _ offset: Int, _ value: Value)
  {
    let ordered = isBigEndian ? value.bigEndian : value.littleEndian
    withUnsafeBytes(of: ordered) { bytes.replaceSubrange(offset..<(offset + $0.count), with: $0) }
  }
}
