/// Numbers from -1 to 1, uniformly distributed and the same in every run.
package struct UniformNoise {
  private var state: UInt64 = 1

  package init() {}

  /// By the linear congruential generator of D. Knuth's MMIX, its upper half.
  package mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(1 << 31)
  }
}

extension Tensor {
  /// An array of noise from `middle - largest` to `middle + largest`, the same in every run.
  package convenience init(noise shape: [Int], upTo largest: Float = 1, around middle: Float = 0) {
    self.init(shape)
    var noise = UniformNoise()
    withMutableSpan { values in
      for index in values.indices { values[index] = middle + noise.next() * largest }
    }
  }
}
