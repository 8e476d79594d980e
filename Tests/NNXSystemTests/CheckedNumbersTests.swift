import Testing

@testable import NNXSystem

@Suite struct CheckedNumbersTests {
  @Test(arguments: [
    (0.0, 0), (-2.75, -2), (41.999, 41), (9e15, 9_000_000_000_000_000), (1e19, Int.max),
    (-1e19, Int.min), (0x1p63, Int.max), (-0x1p63, Int.min), (.infinity, Int.max),
    (-.infinity, Int.min), (.nan, 0), (1e-300, 0),
  ])
  func conversionsSaturate(real: Double, whole: Int) { #expect(Int(saturating: real) == whole) }

  @Test func productsAreToldOrAreReal() {
    #expect([512, 512, 300].product == 78_643_200)
    #expect([Int]().product == 1)
    #expect([1 << 31, 1 << 31].product == 1 << 62)
    #expect([1 << 31, 1 << 32].product == nil)
    #expect([0, .max, .max].product == 0)
    #expect([1 << 31, 1 << 32].realProduct == 0x1p63)
  }

  @Test(arguments: [
    (400.0, "400"), (-1023.6, "-1024"), (0.5, "1"), (1e20, "1e+20"), (-.infinity, "-inf"),
    (.nan, "nan"),
  ])
  func wholeNumbersAreWritten(value: Double, text: String) { #expect(value.wholeText == text) }
}
