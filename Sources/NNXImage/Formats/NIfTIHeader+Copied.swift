import CNIfTI

// Label files as TotalSegmentator 2 writes them through nibabel: the image's header byte for byte, but for what
// tells the type of the voxels and where they begin; its extensions, and one more with the names of the labels.

extension NIfTIHeader {
  /// - Parameters:
  ///   - isWide: whether labels are `UInt16`, not `UInt8`.
  ///   - table: names of the labels; empty: none are written, as in masks.
  ///   - isFresh: whether nothing is repeated but the place: a new header of nibabel's. So it is for files of more
  ///     than three axes in any case.
  /// - Returns: all bytes before the first label.
  func copiedForLabels(isWide: Bool, _ table: LabelTable, isFresh: Bool) -> [UInt8] {
    let isFresh = isFresh || dim[0] > 3
    let type = isWide ? VoxelType.uint16 : VoxelType.uint8
    var extensions: [UInt8] = [1, 0, 0, 0]
    if !isFresh {
      for (code, content) in ownExtensions { extensions += extensionBytes(code, content) }
    }
    if !table.isEmpty { extensions += extensionBytes(0, Array(table.totalSegmentatorXML.utf8)) }
    if extensions.count == 4 { extensions[0] = 0 }
    let offset = version.size + extensions.count
    if isFresh { return fresh(type, offset) + extensions }
    return version == .one
      ? copiedOne(type, offset) + extensions : copiedTwo(type, offset) + extensions
  }

  private func copiedOne(_ type: VoxelType, _ offset: Int) -> [UInt8] {
    var header = nifti_1_header(bytes, isSwapped: isSwapped)
    header.datatype = Int16(type.rawValue)
    header.bitpix = Int16(8 * type.size)
    header.vox_offset = Float(offset)
    (header.scl_slope, header.scl_inter) = (1, 0)
    return header.bytes(isSwapped: isSwapped)
  }

  private func copiedTwo(_ type: VoxelType, _ offset: Int) -> [UInt8] {
    var header = nifti_2_header(bytes, isSwapped: isSwapped)
    header.datatype = Int16(type.rawValue)
    header.bitpix = Int16(8 * type.size)
    header.vox_offset = Int64(offset)
    (header.scl_slope, header.scl_inter) = (1, 0)
    return header.bytes(isSwapped: isSwapped)
  }

  /// A header of nibabel's with the image's place as both forms, of code 2, in mm and seconds; `regular` is ITK's, from
  /// whose file the publisher's program took it over.
  ///
  /// - Returns: all bytes before the first voxel.
  func nibabelFile(_ type: VoxelType) -> [UInt8] {
    var header = nifti_1_header(fresh(type, version.firstDataOffset), isSwapped: false)
    header.vox_offset = Float(Version.one.firstDataOffset)
    (header.qform_code, header.xyzt_units) = (2, 2 | 8)
    header.regular = CChar(UInt8(ascii: "r"))
    return header.bytes(isSwapped: false) + [0, 0, 0, 0]
  }

  /// nibabel's header of an array and an affine (`Nifti1Image(array, affine)`): the affine as s-form of code 2, a
  /// q-form of code 0, no units.
  private func fresh(_ type: VoxelType, _ offset: Int) -> [UInt8] {
    var header = nifti_1_header()
    header.sizeof_hdr = Int32(Version.one.size)
    let extents = (1...3).map { Int16(clamping: $0 <= dim[0] ? dim[$0] : 1) }
    header.dim = (3, extents[0], extents[1], extents[2], 1, 1, 1, 1)
    header.datatype = Int16(type.rawValue)
    header.bitpix = Int16(8 * type.size)
    header.vox_offset = Float(offset)
    header.scl_slope = 1
    header.sform_code = 2
    place(&header, by: nibabelForm)
    fill(&header.magic, "n+1")
    return header.bytes(isSwapped: isSwapped)
  }

  /// What nibabel's file says of an array with an affine, with both forms of code 2 (`set_qform`, `set_sform`).
  ///
  /// - Parameters:
  ///   - shape: `(z, y, x)`.
  ///   - rows: from voxel indices `(x, y, z)` to mm, RAS.
  static func nibabelFile(_ shape: [Int], _ rows: [[Double]]) -> NIfTIHeader {
    var header = nifti_1_header()
    header.sizeof_hdr = Int32(Version.one.size)
    let extents = shape.reversed().map { Int16(clamping: $0) }
    header.dim = (3, extents[0], extents[1], extents[2], 1, 1, 1, 1)
    header.vox_offset = Float(Version.one.firstDataOffset)
    (header.qform_code, header.sform_code, header.xyzt_units) = (2, 2, 2 | 8)
    place(&header, by: NIfTIForm(kind: .rows, rows: rows))
    fill(&header.magic, "n+1")
    return NIfTIHeader(one: header.bytes(isSwapped: false))
  }

  /// Codes and contents of the extensions that the image came with; zeros at the end of a content do not count.
  private var ownExtensions: [(code: UInt32, content: [UInt8])] {
    guard extensions.count >= 12, extensions[0] != 0 else { return [] }
    func number(_ offset: Int) -> UInt32 {
      let value = (0..<4).reduce(UInt32(0)) {
        $0 | UInt32(extensions[offset + $1]) << (8 * UInt32($1))
      }
      return isSwapped ? value.byteSwapped : value
    }
    var found: [(code: UInt32, content: [UInt8])] = []
    var position = 4
    while position + 8 <= extensions.count {
      let size = Int(number(position))
      guard size >= 8, size <= extensions.count - position else { break }
      let content = extensions[(position + 8)..<(position + size)]
      let end = content.lastIndex { $0 != 0 }.map { $0 + 1 } ?? content.startIndex
      found.append((number(position + 4), Array(content[..<end])))
      position += size
    }
    return found
  }

  /// Takes away the last extension where it is a table of labels of TotalSegmentator's kind.
  mutating func dropLastTable() {
    let all = ownExtensions
    guard let last = all.last, last.code == 0,
      last.content.starts(
        with: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?> <CaretExtension>".utf8))
    else { return }
    extensions = [all.count > 1 ? 1 : 0, 0, 0, 0]
    for (code, content) in all.dropLast() { extensions += extensionBytes(code, content) }
  }

  /// An extension: its size in multiples of 16, its code, its content and zeros.
  private func extensionBytes(_ code: UInt32, _ content: [UInt8]) -> [UInt8] {
    let size = (content.count + 8 + 15) / 16 * 16
    func number(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: (isSwapped ? value.byteSwapped : value) >> (8 * $0)) }
    }
    return number(UInt32(size)) + number(code) + content
      + [UInt8](repeating: 0, count: size - 8 - content.count)
  }
}

/// nibabel's quaternions (`mat2quat`) are eigenvectors of LAPACK's, whose zeros have signs, and whose own sign is free in
/// half turns: those of axes along the patient's that follow neither libnifti's rule nor have positive zeros, as nibabel
/// 5.4.2 with NumPy 2.4.6 gave them for all 48 ways that axes may run.
private let eigenvectors: [[Float]: (Float, Float, Float)] = {
  let half = Float(0.5.squareRoot())
  return [
    [half, 0, 0]: (half, -0.0, -0.0), [0, half, 0]: (-0.0, half, -0.0),
    [half, -half, 0]: (-half, half, 0), [0, half, -half]: (0, -half, half),
    [half, 0, half]: (-half, 0, -half), [half, 0, -half]: (-half, 0, half),
  ]
}()

/// Both forms of a place, as nibabel writes them.
private func place(_ header: inout nifti_1_header, by form: NIfTIForm) {
  let unit = (0..<3).map { row in
    (0..<3).map { form.direction[3 * row + $0] } + [form.rows[row][3]]
  }
  let turned = qform(of: unit)
  let lengths = form.lengths.map { Float($0) }
  header.pixdim = (Float(turned.sign), lengths[0], lengths[1], lengths[2], 1, 1, 1, 1)
  // libnifti's zeros may be negative.
  let quaternion = [turned.quaternion.0, turned.quaternion.1, turned.quaternion.2].map {
    Float($0) + 0
  }
  let (b, c, d) = eigenvectors[quaternion] ?? (quaternion[0], quaternion[1], quaternion[2])
  (header.quatern_b, header.quatern_c, header.quatern_d) = (b, c, d)
  (header.qoffset_x, header.qoffset_y, header.qoffset_z) = (
    Float(form.origin[0]), Float(form.origin[1]), Float(form.origin[2])
  )
  func row(_ index: Int) -> (Float, Float, Float, Float) {
    let values = form.rows[index].map { Float($0) }
    return (values[0], values[1], values[2], values[3])
  }
  (header.srow_x, header.srow_y, header.srow_z) = (row(0), row(1), row(2))
}

extension LabelTable {
  /// TotalSegmentator's table of labels (`add_label_map_to_nifti`), which Slicer and others read: twelve colours in
  /// turn, by the label's value.
  fileprivate var totalSegmentatorXML: String {
    let colours = [
      [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [255, 0, 255], [0, 255, 255],
      [255, 128, 0], [255, 0, 128], [128, 255, 128], [0, 128, 255], [128, 128, 128],
      [185, 170, 155],
    ]
    var text = #"<?xml version="1.0" encoding="UTF-8"?> <CaretExtension>"#
    text += "  <Date><![CDATA[2013-07-14T05:45:09]]></Date>"
    text += "   <VolumeInformation Index=\"0\">   <LabelTable>\n"
    for entry in entries {
      let levels = colours[entry.value % colours.count].map { "\(Double($0) / 255)" }
      text += "<Label Key=\"\(entry.value)\" Red=\"\(levels[0])\" Green=\"\(levels[1])\""
      text += " Blue=\"\(levels[2])\" Alpha=\"1\"><![CDATA[\(entry.name)]]></Label>\n"
    }
    text += "\n  </LabelTable>  <StudyMetaDataLinkSet>  </StudyMetaDataLinkSet>"
    text += "  <VolumeType><![CDATA[Label]]></VolumeType>   </VolumeInformation></CaretExtension>\n"
    return text + String(repeating: " ", count: 14)
  }
}
