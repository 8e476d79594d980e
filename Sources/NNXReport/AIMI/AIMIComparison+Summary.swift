import NNXSystem

extension AIMIComparison {
  /// Mean and sample standard deviation (n - 1) of the cases that have the number, as pandas gives them.
  package struct Spread: Equatable, Sendable {
    package let mean: Double
    /// `nil` for one case.
    package let deviation: Double?
    package let count: Int

    init?(_ values: [Double?]) {
      let known = values.compactMap(\.self).filter(\.isFinite)
      guard !known.isEmpty else { return nil }
      let mean = known.reduce(0, +) / Double(known.count)
      let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      self.mean = mean
      deviation = known.count > 1 ? (squares / Double(known.count - 1)).squareRoot() : nil
      count = known.count
    }

    var json: OrderedJSON {
      ["mean": .double(mean), "sd": OrderedJSON(deviation), "n": .int(count)]
    }
  }

  /// One row of one of the three tables.
  package struct Row: Sendable {
    package let pairing: Pairing
    package let reviewer: String
    package let label: String
    package let cases: Int
    package let dice: Spread?
    package let hd95: Spread?
    package let average: Spread?
    package let surfaceDice: Spread?
  }

  /// The tables, one after the other, by reviewer and label.
  package var rows: [Row] {
    Pairing.allCases.flatMap { pairing in
      likert.map(\.reviewer).flatMap { reviewer -> [Row] in
        let own = entries.filter { $0.pairing == pairing && $0.reviewer == reviewer }
        var labels: [String] = []
        for entry in own where !labels.contains(entry.label) { labels.append(entry.label) }
        return labels.map { label in
          let all = own.filter { $0.label == label }
          return Row(
            pairing: pairing, reviewer: reviewer, label: label, cases: all.count,
            dice: Spread(all.map(\.dice)), hd95: Spread(all.map(\.surface?.hd95)),
            average: Spread(all.map(\.surface?.average)),
            surfaceDice: Spread(all.map(\.surface?.dice)))
        }
      }
    }
  }

  /// In the shape of `nnx.evaluate/1` with `--aimi`.
  package var json: OrderedJSON {
    [
      "rule": .string(rule.rawValue), "toleranceMm": .double(tolerance),
      "surfaces": .string(SurfaceDefinition.areaWeighted.rawValue),
      "tables": .array(
        rows.map { row in
          [
            "table": .string(row.pairing.rawValue), "reviewer": .string(row.reviewer),
            "label": .string(row.label), "cases": .int(row.cases),
            "dice": row.dice?.json ?? .null, "hd95Mm": row.hd95?.json ?? .null,
            "meanSurfaceDistanceMm": row.average?.json ?? .null,
            "surfaceDice": row.surfaceDice?.json ?? .null,
          ]
        }),
      "likert": .array(
        likert.map { ["reviewer": .string($0.reviewer), "counts": OrderedJSON($0.counts)] }),
      "cases": .array(
        entries.map { entry in
          [
            "table": .string(entry.pairing.rawValue), "reviewer": .string(entry.reviewer),
            "case": .string(entry.caseName), "label": .string(entry.label),
            "likert": OrderedJSON(entry.likert), "corrected": .bool(entry.isCorrected),
            "dice": OrderedJSON(entry.dice), "hd95Mm": OrderedJSON(entry.surface?.hd95),
            "meanSurfaceDistanceMm": OrderedJSON(entry.surface?.average),
            "surfaceDice": OrderedJSON(entry.surface?.dice),
          ]
        }), "notes": OrderedJSON(notes),
    ]
  }
}
