import NNXDICOM

/// Elements of DICOM as bytes, in explicit VR little endian (DICOM PS3.5, 7.1.2 and 7.5): for what a file has thousands
/// of. They have to come in the order of their tags.
struct DICOMBytes {
  private(set) var bytes: [UInt8] = []

  /// A text that is shorter than 64 KiB: UIDs are filled up with a zero byte, others with a blank.
  mutating func put(_ tag: DICOMTag, _ vr: String, _ text: String) {
    var value = Array(text.utf8)
    if value.count % 2 == 1 { value.append(vr == "UI" ? 0 : 0x20) }
    put(tag, vr, value)
  }

  mutating func put(_ tag: DICOMTag, _ numbers: [UInt32]) {
    put(tag, "UL", numbers.flatMap(littleEndian))
  }

  mutating func put(_ tag: DICOMTag, _ number: UInt16) { put(tag, "US", littleEndian(number)) }

  /// A sequence; items are written whole.
  mutating func put(_ tag: DICOMTag, items: [DICOMBytes]) {
    putLongHead(tag, "SQ", UInt32(items.reduce(0) { $0 + 8 + $1.bytes.count }))
    for item in items { putItem(item.bytes) }
  }

  /// The start of an element whose length has 32 bits: `OB`, `OW`, `SQ`.
  mutating func putLongHead(_ tag: DICOMTag, _ vr: String, _ length: UInt32) {
    putName(tag)
    bytes += Array(vr.utf8) + [0, 0] + littleEndian(length)
  }

  /// An item of a sequence, or of pixels that are compressed.
  mutating func putItem(_ content: [UInt8]) {
    putName(DICOMTag(0xFFFE_E000))
    bytes += littleEndian(UInt32(content.count)) + content
  }

  /// The end of pixels that are compressed.
  mutating func putEnd() {
    putName(DICOMTag(0xFFFE_E0DD))
    bytes += littleEndian(UInt32(0))
  }

  private mutating func put(_ tag: DICOMTag, _ vr: String, _ value: [UInt8]) {
    putName(tag)
    bytes += Array(vr.utf8) + littleEndian(UInt16(value.count)) + value
  }

  private mutating func putName(_ tag: DICOMTag) {
    bytes += littleEndian(UInt16(truncatingIfNeeded: tag.number >> 16))
    bytes += littleEndian(UInt16(truncatingIfNeeded: tag.number))
  }
}
