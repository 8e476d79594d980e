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

  /// Knots where residuals are large, and then smoothed: every bit is SciPy's.
  @Test func knotsAreAddedAndTheRestIsSmoothed() {
    let spline = Self.fit(12, degree: 3, limit: 8)
    #expect(spline.knots == [0, 0, 0, 0, 2, 3, 6, 11, 11, 11, 11])
    #expect(
      Self.x.map(spline.value) == [
        3.176131843177299, 4.236329401238967, 2.877597040631195, 8.242906645920737,
        8.365577503437912, 3.907126337861288, 0.3038993639780525, 1.5675417206098035,
        6.010894242715744, 10.522096689289494, 11.989288819324663, 7.300610391814866,
      ])
  }

  /// A limit that a polynomial meets.
  @Test func aPolynomialWhereThatIsNear() {
    let spline = Self.fit(12, degree: 3, limit: 200)
    #expect(spline.knots.count == 8)
    #expect(
      Self.x.map(spline.value) == [
        3.5531135531135463, 4.36330336330336, 4.763902763902763, 4.8811743811743815,
        4.841380841380843, 4.770784770784772, 4.7956487956487965, 5.042235542235542,
        5.636807636807637, 6.705627705627704, 8.374958374958375, 10.77106227106227,
      ])
  }

  @Test func straightPieces() {
    let spline = Self.fit(3, degree: 1, limit: 1)
    #expect(
      Self.x.prefix(3).map(spline.value) == [
        3.4083884985637067, 4.18322300287259, 2.4083884985637063,
      ])
  }
}
