import NNXSystem

/// Frames that stand in a file as they are, read without what comes before them.
///
/// What stands there is looked at each time: the element's name and its length (DICOM PS3.5, 7.1).
struct NativePixels {
  private let file: FileReader
  /// Where the element's value begins, and its bytes.
  private let start: Int
  private let count: Int

  /// - Parameter slice: any of the file's.
  /// - Returns: `nil` where frames have to be decoded, or lie elsewhere than was seen before.
  /// - Throws: `file-not-found`, `unreadable`.
  init?(_ slice: Slice) throws(NNXError) {
    guard case .file(let path, let size) = slice.source, let start = slice.pixelStart, start >= 12,
      slice.format.isLittleEndian
    else { return nil }
    file = try FileReader(path)
    guard file.count == size, start <= size else { return nil }
    self.start = start
    let head = try file.bytes(at: start - 12, count: 12)
    let tag: [UInt8] = [0xE0, 0x7F, 0x10, 0]
    // With a VR between name and length, or without.
    let isExplicit =
      head[..<4].elementsEqual(tag) && head[4] == UInt8(ascii: "O")
      && [UInt8(ascii: "W"), UInt8(ascii: "B")].contains(head[5]) && head[6] == 0 && head[7] == 0
    guard isExplicit || head[4..<8].elementsEqual(tag) else { return nil }
    count = (8..<12).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
    guard count <= size - start else { return nil }
  }

  /// Reads a frame as `DICOMObject.decode` does.
  ///
  /// - Parameter index: 0 for the first.
  /// - Returns: whether the element holds so many.
  /// - Throws: `unreadable`.
  func read(_ index: Int, into buffer: inout [UInt8]) throws(NNXError) -> Bool {
    let (place, size) = (index * buffer.count, buffer.count)
    guard place + size <= count else { return false }
    return try file.read(size, at: start + place, into: &buffer) == size
  }
}
