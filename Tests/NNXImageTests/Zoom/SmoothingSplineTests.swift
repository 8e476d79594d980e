import Testing

@testable import NNXImage

/// Numbers of SciPy 1.17.1: `splev(x, splrep(x, y, s=limit, k=degree))`.
@Suite struct SmoothingSplineTests {
  private static let y = [3, 5, 2, 8, 9, 4, 1, 0, 6, 12, 11, 7.5]
  private static let x = y.indices.map(Double.init)

  private static func fit(_ count: Int, degree: Int, limit: Double) -> SmoothingSpline {
    SmoothingSpline(
      Array(x.prefix(count)), Array(y.prefix(count)), degree: degree, limit: limit)
  }

  /// Every bit is SciPy's: with knots where residuals are large, and smoothed then; a polynomial where that is near.
  @Test(arguments: [
    (
      8.0, [0.0, 0, 0, 0, 2, 3, 6, 11, 11, 11, 11],
      [
        3.176131843177299, 4.236329401238967, 2.877597040631195, 8.242906645920737,
        8.365577503437912, 3.907126337861288, 0.3038993639780525, 1.5675417206098035,
        6.010894242715744, 10.522096689289494, 11.989288819324663, 7.300610391814866,
      ]
    ),
    (
      200.0, [0.0, 0, 0, 0, 11, 11, 11, 11],
      [
        3.5531135531135463, 4.36330336330336, 4.763902763902763, 4.8811743811743815,
        4.841380841380843, 4.770784770784772, 4.7956487956487965, 5.042235542235542,
        5.636807636807637, 6.705627705627704, 8.374958374958375, 10.77106227106227,
      ]
    ),
  ])
  func cubicPieces(_ limit: Double, knots: [Double], values: [Double]) {
    let spline = Self.fit(12, degree: 3, limit: limit)
    #expect(spline.knots == knots)
    #expect(Self.x.map(spline.value) == values)
  }

  @Test func straightPieces() {
    let spline = Self.fit(3, degree: 1, limit: 1)
    #expect(
      Self.x.prefix(3).map(spline.value) == [
        3.4083884985637067, 4.18322300287259, 2.4083884985637063,
      ])
  }
}
