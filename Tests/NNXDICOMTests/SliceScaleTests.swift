import Testing

@testable import NNXDICOM

@Suite struct SliceScaleTests {
  @Test(arguments: [
    (1.0, -1024.0, 16, true), (1, 0, 24, true), (1, 1, 24, false), (256, 0, 16, true),
    (257, 0, 16, false), (-256, 0, 16, true), (0.5, 0, 12, false), (1, 0.5, 12, false),
    (0, 3, 16, true), (1, 0, 32, false),
  ])
  func `float32 is enough for whole numbers that it has`(
    slope: Double, intercept: Double, bits: Int, isEnough: Bool
  ) {
    let scale = LinearScale(slope: slope, intercept: intercept)
    #expect(scale.isExactInFloat32(bits: bits) == isEnough)
  }

  @Test func `a file's header has float32`() {
    let scale = LinearScale(slope: 1.234, intercept: -0.5).inFile
    #expect(scale == LinearScale(slope: 1.2339999675750732, intercept: -0.5))
  }
}
