/// Bits as deflate packs them: the first one is the lowest of its byte.
struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var held: UInt64 = 0
  private var count = 0

  /// Appends the lowest bits of a number, the lowest first.
  ///
  /// - Parameter count: up to 56; all bits above are 0.
  mutating func put(_ bits: UInt64, _ count: Int) {
    held |= bits << UInt64(self.count)
    self.count += count
    while self.count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: held))
      held >>= 8
      self.count -= 8
    }
  }

  /// Goes on to the next whole byte.
  mutating func align() { if count > 0 { put(0, 8 - count) } }
}
