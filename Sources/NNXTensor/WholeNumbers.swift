/// Numbers that may be whole ones of up to 17 bits, without branches and at the speed of memory.
package enum WholeNumbers {
  /// 1.5 × 2²³: the sum of a number below 2²² and this is that number, rounded, in its lowest bits.
  private static let shift: Float = 12_582_912

  /// Stores the lowest 16 bits of whole numbers, as two's complement has them.
  package static func store(_ values: Span<Float>, in words: inout MutableSpan<UInt16>) {
    precondition(values.count <= words.count)
    for index in values.indices {
      words[index] = UInt16(truncatingIfNeeded: (values[index] + shift).bitPattern)
    }
  }

  /// The same with the lowest 8 bits.
  package static func store(_ values: Span<Float>, in words: inout MutableSpan<UInt8>) {
    precondition(values.count <= words.count)
    for index in values.indices {
      words[index] = UInt8(truncatingIfNeeded: (values[index] + shift).bitPattern)
    }
  }

  /// The least and the greatest of some numbers; `nil` unless all are whole, and from -65536 to 65536.
  package static func bounds(_ values: Span<Float>) -> ClosedRange<Float>? {
    // Integers in the order of the numbers; what is no number lies outside of all of them.
    var (low, high) = (Int32.max, Int32.min)
    var odd: UInt32 = 0
    for index in values.indices {
      let value = values[index]
      let order = Int32(bitPattern: value.bitPattern)
      let key = order ^ ((order >> 31) & Int32.max)
      low = min(low, key)
      high = max(high, key)
      // But for the sign of 0.
      odd |= (((value + shift) - shift).bitPattern ^ value.bitPattern) << 1
    }
    let (least, greatest) = (number(low), number(high))
    guard odd == 0, least >= -65536, greatest <= 65536 else { return nil }
    return least...greatest
  }

  private static func number(_ key: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: key ^ ((key >> 31) & Int32.max)))
  }
}
