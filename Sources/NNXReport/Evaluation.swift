import NNXImage
import NNXSystem

/// Predictions against references, case by case, as `nnUNetv2_evaluate_folder` reports them
/// (`compute_metrics_on_folder` of nnunetv2/evaluation/evaluate_predictions.py).
package struct Evaluation: Sendable {
  package struct Case: Sendable {
    package var name: String
    var prediction: String
    package var reference: String
    package let labels: [Agreement]
    /// Places in `labels`.
    private let places: [String: Int]

    init(name: String, prediction: String, reference: String, labels: [Agreement]) {
      self.name = name
      self.prediction = prediction
      self.reference = reference
      self.labels = labels
      places = Dictionary(labels.enumerated().map { ($1.pair.key, $0) }) { first, _ in first }
    }

    /// What was compared under a key of `Evaluation.labels`.
    subscript(key: String) -> Agreement? { places[key].map { labels[$0] } }
  }

  /// A mean over cases, with the interval in which 95 of 100 resamplings lie.
  package struct Mean: Equatable, Sendable {
    package var mean: Double
    package var lower: Double
    package var upper: Double
    package var count: Int
  }

  package var cases: [Case]
  /// Predictions that no reference was found for, by name.
  package var unreferenced: [String]
  /// How labels were paired, and what else a person should know, one line each.
  package var notes: [String]

  /// Number of resamplings of the bootstrap.
  static let resamplings = 2000

  /// Pairs the segmentations of two folders by their names and compares each pair.
  ///
  /// - Parameters:
  ///   - labels: to compare, numbers or names of the references; all that occur when `nil`.
  ///   - matches: pairs that a person names, the prediction's label first.
  ///   - tolerance: of the surface Dice, in mm.
  /// - Throws: `file-not-found`; `no-images` when the folders have no file in common; `broken-image` and
  ///   `geometry` of a pair; `incomplete` when a reference has no prediction; `usage` of a match.
  package static func run(
    predictions: String, references: String, labels: [String]?, matches: [LabelMatch] = [],
    tolerance: Double,
    progress: (_ name: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws(NNXError) -> Evaluation {
    let (own, other) = (try segmentations(predictions), try segmentations(references))
    let missing = other.keys.filter { own[$0] == nil }.sorted()
    guard missing.isEmpty else {
      throw NNXError(
        .incomplete, "\(missing.count) of \(other.count) references have no prediction",
        details: Array(missing.prefix(5)),
        fixes: ["Predict them, or evaluate against a folder without them"])
    }
    var result = Evaluation(
      cases: [], unreferenced: own.keys.filter { other[$0] == nil }.sorted(), notes: [])
    var notes: [String] = []
    for (index, name) in other.keys.sorted().enumerated() {
      guard let prediction = own[name], let reference = other[name] else { continue }
      progress(name, index, other.count)
      let (first, second) = try Segmentation.aligned(
        readNamedSegmentation(prediction), readNamedSegmentation(reference))
      let pairing = try LabelPairing(
        second.table, first.table,
        matches: matches.map { LabelMatch(first: $0.second, second: $0.first) },
        names: ("the reference", "the prediction"))
      let compared = try Agreement.compare(
        second, first, pairs: try wanted(pairing.pairs, labels), tolerance: tolerance)
      if Comparison.lacksSurfaces(compared) { notes.append(Comparison.surfacesNote) }
      notes +=
        pairing.notes
        + [
          first.doubt(prediction), second.doubt(reference),
          first.geometry.misplacement(of: second.geometry, (prediction, reference)),
        ].compactMap(\.self)
      result.cases.append(
        Case(name: name, prediction: prediction, reference: reference, labels: compared))
    }
    for note in notes where !result.notes.contains(note) { result.notes.append(note) }
    return result
  }

  /// The pairs that were asked for; without being asked all but the parts of regions, which nnU-Net does
  /// not evaluate.
  private static func wanted(
    _ pairs: [LabelPair], _ labels: [String]?
  ) throws(NNXError) -> [LabelPair] {
    guard let labels else { return pairs.filter { $0.structure.kind != .part } }
    let structures = pairs.map(\.structure)
    return try labels.map { (text) throws(NNXError) -> [LabelPair] in
      if Int(text) == nil {
        let key = LabelTable.key(text)
        let named = pairs.filter { LabelTable.key($0.name) == key }
        if !named.isEmpty { return named }
      } else if let found = structures.named(text), let place = structures.firstIndex(of: found) {
        return [pairs[place]]
      }
      guard let value = Int(text) else {
        throw NNXError(
          .usage, "no label is called '\(text)'",
          details: ["there are " + shortList(structures.map(\.name))])
      }
      // A number of a segment says nothing of a case that has no such segment.
      let values = pairs.contains(where: \.isOfSegments) ? [] : [value]
      return [
        LabelPair(.init(name: "label \(value)", values: [value]), first: values, second: values)
      ]
    }.flatMap(\.self)
  }

  private static func segmentations(_ folder: String) throws(NNXError) -> [String: String] {
    var found: [String: String] = [:]
    for name in try Folder.entries(folder) where !name.hasPrefix(".") {
      let told = ImageFormat.ending(of: name) ?? ImageFormat.dicomEnding(of: name)
      guard let ending = told, !ResultFile.isCompanion(name) else {
        continue
      }
      let stem = String(name.dropLast(ending.count))
      if let other = found.updateValue("\(folder)/\(name)", forKey: stem) {
        throw NNXError(
          .usage, "two segmentations in \(folder) are called \(stem)",
          details: [other, "\(folder)/\(name)"], fixes: ["Keep one of them there"])
      }
    }
    guard !found.isEmpty else {
      throw NNXError(
        .noSegmentations, "there is no segmentation in \(folder)",
        details: ["they end in \(ImageFormat.allEndings.joined(separator: ", "))"])
    }
    return found
  }
}

extension Evaluation {
  /// What was compared in all cases, in ascending order of the labels, regions first.
  package var labels: [(key: String, name: String)] {
    var pairs: [String: LabelPair] = [:]
    for pair in cases.flatMap(\.labels).map(\.pair) {
      // The first name that a case has.
      guard let known = pairs[pair.key] else {
        pairs[pair.key] = pair
        continue
      }
      if !known.structure.isNamed, pair.structure.isNamed { pairs[pair.key] = pair }
    }
    func order(_ pair: LabelPair) -> (Int, Int, String) {
      let values = pair.structure.values
      return (-values.count, values.first ?? 0, pair.key)
    }
    return pairs.values.sorted { order($0) < order($1) }.map { ($0.key, $0.name) }
  }

  /// The mean of a number over the cases that have it; `nil` when none has.
  ///
  /// The interval is the percentile bootstrap (Efron and Tibshirani, 1993) over cases, with a generator
  /// that always starts the same, so that a table can be made again.
  package func mean(of key: String, _ number: (Agreement) -> Double?) -> Mean? {
    let values = cases.compactMap { $0[key].flatMap(number) }
    guard !values.isEmpty else { return nil }
    let seed = Int(key) ?? key.utf8.reduce(0) { $0 &* 31 &+ Int($1) }
    var generator = SplitMix(state: UInt64(truncatingIfNeeded: seed))
    let means = (0..<Evaluation.resamplings).map { _ in
      values.indices.reduce(0.0) { total, _ in
        total + values[Int(generator.next() % UInt64(values.count))]
      } / Double(values.count)
    }.sorted()
    return Mean(
      mean: values.reduce(0, +) / Double(values.count), lower: percentile(0.025, of: means),
      upper: percentile(0.975, of: means), count: values.count)
  }

  /// `summary.json` of nnU-Net: the same members with the same meaning.
  package var summary: OrderedJSON {
    let keys = ["Dice", "FN", "FP", "IoU", "TN", "TP", "n_pred", "n_ref"]
    func average(_ numbers: [Double?]) -> Double? {
      let known = numbers.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
    func json(_ metrics: [Double?]) -> OrderedJSON {
      .object(zip(keys, metrics).map { .init($0, OrderedJSON($1)) })
    }
    let perLabel = labels.map { label in
      let all = cases.compactMap { $0[label.key]?.metrics }
      return (label.key, keys.indices.map { index in average(all.map { $0[index] }) })
    }
    return [
      "foreground_mean": json(keys.indices.map { index in average(perLabel.map { $0.1[index] }) }),
      "mean": .object(perLabel.map { .init($0.0, json($0.1)) }),
      "metric_per_case": .array(
        cases.map { item in
          [
            "metrics": .object(item.labels.map { .init($0.pair.key, json($0.metrics)) }),
            "prediction_file": .string(item.prediction),
            "reference_file": .string(item.reference),
          ]
        }),
    ]
  }
}

extension LabelPair {
  /// What summary.json calls it: `3`, or `(1, 2, 3)` for a region (`label_or_region_to_key`). What only
  /// the prediction has is called by its name where a label of the reference may have the number; segments of DICOM
  /// are by theirs, for the next case counts them otherwise.
  fileprivate var key: String {
    guard !isOfSegments, !first.isEmpty || !structure.isNamed else { return structure.name }
    return structure.value.map(String.init)
      ?? "(" + structure.values.map(String.init).joined(separator: ", ") + ")"
  }
}

extension Agreement {
  /// In the order of nnU-Net's members; reference first, prediction second.
  fileprivate var metrics: [Double?] {
    [
      dice, Double(onlyFirst), Double(onlySecond), iou, Double(neither), Double(both),
      Double(both + onlySecond), Double(both + onlyFirst),
    ]
  }
}

extension NNXError.Code {
  static let incomplete = NNXError.Code("incomplete", .negative)
  static let noSegmentations = NNXError.Code("no-segmentations", .notFound)
}

/// SplitMix64 (S. Vigna, https://prng.di.unimi.it/splitmix64.c).
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
