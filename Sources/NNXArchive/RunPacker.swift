import NNXSystem

/// Packs bytes that are those one element before, or those one row before, to deflate (RFC 1951).
struct RunPacker {
  /// How far back is looked; `far` is 0 where rows are too long for it.
  private let (near, far): (Int, Int)
  private var writer = BitWriter()
  private var tokens = DeflateTokens()

  /// - Parameters:
  ///   - element: bytes of a voxel.
  ///   - row: bytes of a row.
  init(element: Int, row: Int) {
    near = element
    far = row > element && row <= DeflateTokens.farthest ? row : 0
  }

  /// One block of a stream, which looks at no other.
  ///
  /// - Parameter isLast: whether the stream ends with it; other blocks end on a byte.
  mutating func block(_ input: RawSpan, isLast: Bool) -> [UInt8] {
    let (near, far) = (near, far)
    var place = 0
    while place < input.byteCount {
      let limit = min(DeflateTokens.longest, input.byteCount - place)
      var (length, distance) = (0, near)
      if place >= near { length = input.repeats(at: place, near, limit) }
      if length < limit, far > 0, place >= far {
        let other = input.repeats(at: place, far, limit)
        if other > length { (length, distance) = (other, far) }
      }
      if length >= DeflateTokens.shortest {
        tokens.append(length: length, distance: distance)
        place += length
      } else {
        tokens.append(input.byte(at: place))
        place += 1
      }
      if tokens.isFull { tokens.write(to: &writer, isLast: false) }
    }
    tokens.write(to: &writer, isLast: isLast)
    if isLast {
      writer.align()
    } else {
      // An empty block that is not packed: it begins on a byte.
      writer.put(0, 3)
      writer.align()
      writer.put(0xFFFF_0000, 32)
    }
    return writer.bytes
  }
}

extension RawSpan {
  /// How many of the bytes from `place` on are those that lie `distance` before.
  ///
  /// - Parameter limit: the most that is looked at.
  fileprivate func repeats(at place: Int, _ distance: Int, _ limit: Int) -> Int {
    var count = 0
    while count + 8 <= limit {
      let difference =
        littleEndian(UInt64.self, at: place + count)
        ^ littleEndian(UInt64.self, at: place + count - distance)
      if difference != 0 { return count + difference.trailingZeroBitCount / 8 }
      count += 8
    }
    while count < limit, byte(at: place + count) == byte(at: place + count - distance) {
      count += 1
    }
    return count
  }
}
