import NNXSystem

extension LabelMap {
  /// Gives a label to voxels whose bit is set, of bits that lie one after the other, the lowest of a byte first.
  ///
  /// - Parameters:
  ///   - first: the bit of the first voxel.
  ///   - count: how many voxels and bits there are.
  ///   - start: the index of the first voxel in C order.
  ///   - taken: called with the label of a voxel that has another one; it keeps it.
  func set(
    _ label: Int, atBits first: Int, of bytes: RawSpan, count: Int, from start: Int,
    taken: (Int) -> Void
  ) {
    var done = 0
    while done < count {
      let bit = first + done
      // Nothing in 64 bits at once.
      if bit & 7 == 0, done + 64 <= count, bytes.littleEndian(UInt64.self, at: bit >> 3) == 0 {
        done += 64
        continue
      }
      // Whole bytes, but for those before the first that begins with a bit of these.
      let width = min(8 - bit & 7, count - done)
      var byte = bytes.byte(at: bit >> 3) >> UInt8(bit & 7)
      if width < 8 { byte &= 1 << UInt8(width) - 1 }
      if byte != 0 {
        if width < 8 || !setEight(label, byte, at: start + done) {
          while byte != 0 {
            let place = start + done + byte.trailingZeroBitCount
            let other = self[place]
            if other == 0 { self[place] = label } else if other != label { taken(other) }
            byte &= byte - 1
          }
        }
      }
      done += width
    }
  }
}
