/// Numbers from -1 to 1, uniformly distributed and the same in every run.
struct UniformNoise {
  private var state: UInt64 = 1

  /// By the linear congruential generator of D. Knuth's MMIX, its upper half.
  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(1 << 31)
  }
}
