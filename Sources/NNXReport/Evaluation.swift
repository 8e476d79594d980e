import NNXImage
import NNXSystem

/// Predictions against references, case by case, as `nnUNetv2_evaluate_folder` reports them
/// (`compute_metrics_on_folder` of nnunetv2/evaluation/evaluate_predictions.py).
package struct Evaluation: Sendable {
  package struct Case: Sendable {
    package var name: String
    package var prediction: String
    package var reference: String
    package var labels: [Agreement]
  }

  /// A mean over cases, with the interval in which 95 of 100 resamplings lie.
  package struct Mean: Equatable, Sendable {
    package var mean: Double
    package var lower: Double
    package var upper: Double
    package var count: Int
  }

  package var cases: [Case]

  /// Number of resamplings of the bootstrap.
  package static let resamplings = 2000

  /// Pairs the segmentations of two folders by their names and compares each pair.
  ///
  /// - Parameters:
  ///   - labels: to compare; all that occur in a reference when `nil`.
  ///   - tolerance: of the surface Dice, in mm.
  /// - Throws: `file-not-found`; `no-images` when the folders have no file in common; `broken-image` and
  ///   `geometry` of a pair; `incomplete` when a reference has no prediction.
  package static func run(
    predictions: String, references: String, labels: [Int]?, tolerance: Double,
    progress: (String) -> Void = { _ in }
  ) throws(NNXError) -> Evaluation {
    let (own, other) = (try segmentations(predictions), try segmentations(references))
    let missing = other.keys.filter { own[$0] == nil }.sorted()
    guard missing.isEmpty else {
      throw NNXError(
        .incomplete, "\(missing.count) of \(other.count) references have no prediction",
        details: Array(missing.prefix(5)),
        fixes: ["Predict them, or evaluate against a folder without them"])
    }
    var cases: [Case] = []
    for name in other.keys.sorted() {
      guard let prediction = own[name], let reference = other[name] else { continue }
      progress(name)
      let (first, second) = (
        try readNamedSegmentation(prediction), try readNamedSegmentation(reference)
      )
      let table = labels.map { values in
        LabelTable(values.map { .init(value: $0, name: second.table.name(of: $0)) })
      }
      cases.append(
        Case(
          name: name, prediction: prediction, reference: reference,
          labels: try Agreement.compare(
            second, first,
            labels: table ?? second.table.covering(first.table.entries.map(\.value)),
            tolerance: tolerance)))
    }
    return Evaluation(cases: cases)
  }

  private static func segmentations(_ folder: String) throws(NNXError) -> [String: String] {
    var found: [String: String] = [:]
    for name in try Folder.entries(folder) where !name.hasPrefix(".") {
      guard let ending = ImageFormat.ending(of: name) else { continue }
      found[String(name.dropLast(ending.count))] = folder + "/" + name
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
  /// The labels of all cases, ascending, with the first name that a case has for each.
  package var labels: [(value: Int, name: String)] {
    var names: [Int: String] = [:]
    for label in cases.flatMap(\.labels) where names[label.value] == nil {
      names[label.value] = label.name
    }
    return names.keys.sorted().map { ($0, names[$0] ?? "") }
  }

  /// The mean of a number over the cases that have it; `nil` when none has.
  ///
  /// The interval is the percentile bootstrap (Efron and Tibshirani, 1993) over cases, with a generator
  /// that always starts the same, so that a table can be made again.
  package func mean(of value: Int, _ number: (Agreement) -> Double?) -> Mean? {
    let values = cases.compactMap { item in
      item.labels.first { $0.value == value }.flatMap(number)
    }
    guard !values.isEmpty else { return nil }
    var generator = SplitMix(state: UInt64(value))
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
      let all = cases.compactMap { $0.labels.first { $0.value == label.value }?.metrics }
      return (label.value, keys.indices.map { index in average(all.map { $0[index] }) })
    }
    return [
      "foreground_mean": json(keys.indices.map { index in average(perLabel.map { $0.1[index] }) }),
      "mean": .object(perLabel.map { .init(String($0.0), json($0.1)) }),
      "metric_per_case": .array(
        cases.map { item in
          [
            "metrics": .object(item.labels.map { .init(String($0.value), json($0.metrics)) }),
            "prediction_file": .string(item.prediction),
            "reference_file": .string(item.reference),
          ]
        }),
    ]
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
  package static let incomplete = NNXError.Code("incomplete", .negative)
  package static let noSegmentations = NNXError.Code("no-segmentations", .notFound)
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
