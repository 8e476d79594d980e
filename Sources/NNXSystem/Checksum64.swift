/// XXH64 with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md): tells changed bytes at the speed
/// of memory. It withstands accidents and nobody who wants to deceive.
struct Checksum64: Sendable {
  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 1_609_587_929_392_839_161,
    9_650_029_242_287_828_579, 2_870_177_450_012_600_261
  )
  private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
    primes.0 &+ primes.1, primes.1, 0, 0 &- primes.0
  )
  private var count = 0
  /// Bytes that are no whole stripe of 32 yet.
  private var rest: [UInt8] = []

  init() {}

  mutating func update(_ bytes: RawSpan) {
    count += bytes.byteCount
    var start = 0
    if !rest.isEmpty {
      start = min(32 - rest.count, bytes.byteCount)
      rest.append(bytes.extracting(0..<start))
      guard rest.count == 32 else { return }
      let stripe = rest
      rest = []
      stripe.withRawSpan { addStripes($0, 0..<32) }
    }
    let end = start + (bytes.byteCount - start) / 32 * 32
    addStripes(bytes, start..<end)
    rest.append(bytes.extracting(end..<bytes.byteCount))
  }

  private mutating func addStripes(_ bytes: RawSpan, _ range: Range<Int>) {
    var (a, b, c, d) = lanes
    var index = range.lowerBound
    while index < range.upperBound {
      a = Self.round(a, bytes.littleEndian(UInt64.self, at: index))
      b = Self.round(b, bytes.littleEndian(UInt64.self, at: index + 8))
      c = Self.round(c, bytes.littleEndian(UInt64.self, at: index + 16))
      d = Self.round(d, bytes.littleEndian(UInt64.self, at: index + 24))
      index += 32
    }
    lanes = (a, b, c, d)
  }

  /// Of all bytes so far.
  var value: UInt64 {
    let p = Self.primes
    var hash = p.4
    if count >= 32 {
      let (a, b, c, d) = lanes
      hash = Self.turned(a, 1) &+ Self.turned(b, 7) &+ Self.turned(c, 12) &+ Self.turned(d, 18)
      for lane in [a, b, c, d] { hash = (hash ^ Self.round(0, lane)) &* p.0 &+ p.3 }
    }
    hash &+= UInt64(count)
    rest.withRawSpan { bytes in
      var index = 0
      while index + 8 <= bytes.byteCount {
        hash ^= Self.round(0, bytes.littleEndian(UInt64.self, at: index))
        hash = Self.turned(hash, 27) &* p.0 &+ p.3
        index += 8
      }
      if index + 4 <= bytes.byteCount {
        hash ^= UInt64(bytes.littleEndian(UInt32.self, at: index)) &* p.0
        hash = Self.turned(hash, 23) &* p.1 &+ p.2
        index += 4
      }
      while index < bytes.byteCount {
        hash ^= UInt64(bytes.byte(at: index)) &* p.4
        hash = Self.turned(hash, 11) &* p.0
        index += 1
      }
    }
    hash = (hash ^ hash >> 33) &* p.1
    hash = (hash ^ hash >> 29) &* p.2
    return hash ^ hash >> 32
  }

  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    turned(lane &+ input &* primes.1, 31) &* primes.0
  }

  private static func turned(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value << bits | value >> (64 - bits)
  }
}
