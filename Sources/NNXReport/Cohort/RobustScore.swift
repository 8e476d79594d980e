/// How far values lie from the middle of their kind, told by medians, which outliers do not move.
///
/// The modified z-score of B. Iglewicz and D. Hoaglin (How to Detect and Handle Outliers, ASQC 1993):
/// 0.6745 (x - median) / MAD, with MAD the median of the absolute deviations. Where more than half of the
/// values are equal, MAD is 0 and the mean of the absolute deviations stands in for it, with the factor
/// 1 / 1.253314 that belongs to it for normal values.
enum RobustScore {
  /// Scores beyond this are outliers; the authors' recommendation.
  static let limit = 3.5
  /// With fewer values no score is told.
  static let fewest = 5

  /// - Returns: the score of each value; `nil` when there are fewer than `fewest`. All 0 when all are
  ///   equal.
  static func scores(_ values: [Double]) -> [Double]? {
    guard values.count >= fewest else { return nil }
    let middle = percentile(0.5, of: values.sorted())
    let deviations = values.map { abs($0 - middle) }
    let median = percentile(0.5, of: deviations.sorted())
    let mean = deviations.reduce(0, +) / Double(values.count)
    guard mean > 0 else { return values.map { _ in 0 } }
    let scale = median > 0 ? median / 0.6745 : mean * 1.253314
    return values.map { ($0 - middle) / scale }
  }
}
