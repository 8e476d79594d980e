import NNXReport
import NNXSystem

extension Evaluation {
  /// What the cases say of each label, as people read it.
  func table(in context: Context) -> Table {
    var table = Table(
      [
        .left("LABEL", minimum: 10, keepsEnd: true), .right("CASES"), .right("DICE"),
        .left("95 %", rank: 1),
        .right("SURFACE"), .right("HD95 MM"), .left("95 %", rank: 0),
      ], in: context)
    func interval(_ mean: Evaluation.Mean?, _ decimals: Int) -> [String] {
      guard let mean else { return ["-", "-"] }
      let ends = [mean.lower, mean.upper].map { Quantity.fixed($0, decimals) }
      return [Quantity.fixed(mean.mean, decimals), ends.joined(separator: "-")]
    }
    for (key, name) in labels {
      let dice = mean(of: key) { $0.dice }
      table.add(
        [name, "\(dice?.count ?? 0)"] + interval(dice, 3)
          + [interval(mean(of: key) { $0.surface?.dice }, 3)[0]]
          + interval(mean(of: key) { $0.surface?.hd95 }, 1))
    }
    return table
  }
}
