import NNXImage
import NNXSystem

/// AIMI's annotations compared: prediction against the reviewers' segmentations, prediction against the
/// publisher's network, and that against the reviewers'.
package struct AIMIComparison: Sendable {
  package enum Pairing: String, CaseIterable, Sendable {
    case predictionQA = "prediction-vs-qa"
    case predictionAI = "prediction-vs-ai"
    case aiQA = "ai-vs-qa"

    package var title: String {
      switch self {
      case .predictionQA: "prediction vs QA"
      case .predictionAI: "prediction vs AI"
      case .aiQA: "AI vs QA"
      }
    }
  }

  /// One structure of one case.
  package struct Entry: Sendable {
    package let pairing: Pairing
    package let reviewer: String
    package let caseName: String
    package let label: String
    package let likert: Int?
    /// Whether the reviewer drew anything; else the network's segmentation stands for what was accepted.
    package let isCorrected: Bool
    package let dice: Double?
    package let surface: Agreement.Surface?
  }

  package let rule: AIMIRule
  /// Of the surface Dice, in mm.
  package let tolerance: Double
  /// The annotations' label, and the prediction's.
  private let matches: [LabelMatch]
  package private(set) var entries: [Entry] = []
  /// How often each reviewer gave 1 to 5, in the order of their names.
  package let likert: [(reviewer: String, counts: [Int])]
  /// One line each.
  package private(set) var notes: [String]

  /// - Parameters:
  ///   - folder: of the annotations.
  ///   - predictions: folder of predictions; without it the network alone is compared.
  ///   - matches: pairs that a person names: the prediction's label and the annotations'.
  /// - Throws: `no-annotations`, `broken-table`; `incomplete` when a file that the table names is missing;
  ///   what reading segmentations throws.
  package init(
    _ folder: String, predictions: String?, rule: AIMIRule, matches: [LabelMatch] = [],
    tolerance: Double,
    progress: (String) -> Void = { _ in }
  ) throws(NNXError) {
    (self.rule, self.tolerance) = (rule, tolerance)
    self.matches = matches.map { LabelMatch(first: $0.second, second: $0.first) }
    let annotations = try AIMIFolder(folder)
    let results = annotations.results
    let predicted = try predictions.map { (path) throws(NNXError) in
      try AIMIPredictions(path, results)
    }
    likert = results.reviewers.map { ($0, results.likertCounts(of: $0)) }
    notes = [rule.note]
    let rows = results.rows.filter(\.isValidated)
      .sorted { ($0.reviewer, $0.segmentation) < ($1.reviewer, $1.segmentation) }
    var unpredicted: Set<String> = []
    for row in rows {
      progress("\(row.reviewer) \(row.segmentation)")
      let path = predicted.flatMap { $0.file(ofSeries: row.series) }
      if predicted != nil, path == nil { unpredicted.insert(row.segmentation) }
      try compare(row, annotations, prediction: path)
    }
    nameAccepted()
    if !unpredicted.isEmpty {
      notes.append("without a prediction: " + shortList(unpredicted.sorted(), most: 4))
    }
    if let strangers = predicted?.strangers, !strangers.isEmpty {
      notes.append("of no series of the annotations: " + shortList(strangers, most: 4))
    }
    if entries.isEmpty {
      throw NNXError(
        .noAnnotations, "no case of \(folder) is marked as validated",
        fixes: ["Give a folder whose \(QAResults.fileName) has cases of the validation"])
    }
  }

  private mutating func compare(
    _ row: QAResults.Row, _ annotations: AIMIFolder, prediction path: String?
  ) throws(NNXError) {
    func read(_ stem: String) throws(NNXError) -> Segmentation {
      guard let path = annotations.file(stem) else {
        throw NNXError(
          .incomplete, "\(stem) is named in \(QAResults.fileName), and there is no such file",
          fixes: ["Fetch the annotations again: nnx data fetch NAME"])
      }
      return try readNamedSegmentation(path)
    }
    // The publisher does not look at corrections of what was marked as right.
    let isEqual = row.likert == 5 && rule != .honest
    let correction = isEqual ? nil : row.correction
    let isAINeeded = correction != nil || path != nil || annotations.file(row.segmentation) != nil
    let ai = isAINeeded ? try read(row.segmentation) : nil
    let qa = try correction.map { (stem) throws(NNXError) in try read(stem) }
    if let ai, let qa {
      try add(.aiQA, row, isCorrected: true, candidate: ai, truth: qa)
    } else {
      for label in ai.map(Self.labels) ?? [Self.anyLabel] { accept(row, label) }
    }
    guard let path, let ai else { return }
    let prediction = try readNamedSegmentation(path)
    try add(
      .predictionQA, row, isCorrected: qa != nil, candidate: prediction, truth: qa ?? ai)
    try add(.predictionAI, row, isCorrected: false, candidate: prediction, truth: ai)
  }

  /// Of a segmentation that was accepted, and that is not here to be asked for its labels.
  private static let anyLabel = ""

  private mutating func accept(_ row: QAResults.Row, _ label: String) {
    entries.append(
      Entry(
        pairing: .aiQA, reviewer: row.reviewer, caseName: row.segmentation, label: label,
        likert: row.likert, isCorrected: false, dice: 1,
        surface: .init(hd95: 0, average: 0, dice: 1)))
  }

  /// What was accepted unseen counts for every label that the others have.
  private mutating func nameAccepted() {
    let names = Set(entries.filter { $0.pairing == .aiQA }.map(\.label)).subtracting([Self.anyLabel]
    )
    guard !names.isEmpty else { return }
    entries = entries.flatMap { entry -> [Entry] in
      guard entry.label == Self.anyLabel else { return [entry] }
      return names.sorted().map { name in
        Entry(
          pairing: entry.pairing, reviewer: entry.reviewer, caseName: entry.caseName, label: name,
          likert: entry.likert, isCorrected: false, dice: entry.dice, surface: entry.surface)
      }
    }
  }

  /// Names of what is compared.
  private static func labels(_ segmentation: Segmentation) -> [String] {
    segmentation.table.entries.filter { !$0.isBackground }.map(\.name)
  }

  private mutating func add(
    _ pairing: Pairing, _ row: QAResults.Row, isCorrected: Bool, candidate: Segmentation,
    truth: Segmentation
  ) throws(NNXError) {
    // The network's grid, and under the publisher's rule no more than that.
    let grid =
      rule == .notebook
      ? candidate.geometry : try candidate.geometry.extended(over: truth.geometry)
    let (first, second) = (
      truth.placed(on: grid, header: candidate.header),
      candidate.placed(on: grid, header: candidate.header)
    )
    let pairs = try LabelPairing(
      truth.table, candidate.table, matches: pairing == .aiQA ? [] : matches,
      names: ("the annotation of \(row.segmentation)", "the prediction")
    ).pairs.filter { pair in
      let tables = [(truth.table, pair.first), (candidate.table, pair.second)]
      return !tables.contains { table, values in
        values.contains { table[$0]?.isBackground ?? false }
      }
    }
    let found = try Agreement.compare(
      first, second, pairs: pairs, tolerance: tolerance, surfaces: .areaWeighted)
    for agreement in found {
      entries.append(
        Entry(
          pairing: pairing, reviewer: row.reviewer, caseName: row.segmentation,
          label: agreement.name, likert: row.likert, isCorrected: isCorrected,
          dice: agreement.dice, surface: agreement.surface))
    }
  }
}
