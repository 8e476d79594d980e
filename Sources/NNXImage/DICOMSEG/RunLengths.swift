/// Frames packed as DICOM's RLE (PS3.5, annex G): bytes of the same weight lie together, and rows are packed by PackBits.
enum RunLengths {
  /// - Parameters:
  ///   - labels: of one frame, row after row.
  ///   - isWide: whether they have 16 bits, else 8.
  static func pack(_ labels: [UInt16], columns: Int, isWide: Bool) -> [UInt8] {
    var segments: [[UInt8]] = []
    for shift: UInt16 in isWide ? [8, 0] : [0] {
      var packed: [UInt8] = []
      for start in stride(from: 0, to: labels.count, by: columns) {
        let row = labels[start..<start + columns].map { UInt8(truncatingIfNeeded: $0 >> shift) }
        packRow(row, to: &packed)
      }
      if packed.count % 2 == 1 { packed.append(0) }
      segments.append(packed)
    }
    // How many there are, and where each begins; of 15 that there might be.
    var head = [UInt32](repeating: 0, count: 16)
    head[0] = UInt32(segments.count)
    var place = 64
    for (index, segment) in segments.enumerated() {
      head[index + 1] = UInt32(place)
      place += segment.count
    }
    return head.flatMap(littleEndian) + segments.joined()
  }

  private static func packRow(_ row: [UInt8], to packed: inout [UInt8]) {
    var index = 0
    // Bytes that are no run, still to be written.
    var start = 0
    func writeOthers(_ end: Int) {
      while start < end {
        let count = min(128, end - start)
        packed.append(UInt8(count - 1))
        packed += row[start..<start + count]
        start += count
      }
    }
    while index < row.count {
      var end = index + 1
      while end < row.count, row[end] == row[index], end - index < 128 { end += 1 }
      if end - index >= 3 {
        writeOthers(index)
        packed += [UInt8(truncatingIfNeeded: 257 - (end - index)), row[index]]
        start = end
      }
      index = end
    }
    writeOthers(row.count)
  }
}
