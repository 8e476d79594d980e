import NNXImage
import NNXPredict
import NNXReport
import NNXSystem

/// The numbers of all cases of a folder in one table, `nnx-stats.csv`: a row for each case and label, with
/// the columns of `nnx stats --format csv`, a `note`, and what a table of cases says besides.
///
/// It is made anew of the numbers that lie beside the segmentations; cases that are not of this run, or failed in it,
/// count as long as theirs are those of their segmentation. A small record beside it has its digest, by which nnx knows
/// that nobody edited it.
struct CohortTable {
  let path: String
  private let folder: String
  private let record: String

  /// What tables of cases say, by case.
  private let facts: CohortFacts

  private var header: [String] {
    facts.header(behind: ["case"] + LabelStatistics.columns + ["note"])
  }
  private static let schema = "nnx.table/"
  private static let name = "nnx-stats"
  /// Whether a case has the name, whose record would be that of the table.
  private let isTaken: Bool

  /// - Parameters:
  ///   - folder: of the results.
  ///   - cases: of this run.
  init(folder: String, _ cases: [Case]) {
    self.folder = folder
    facts = CohortFacts(in: folder, cases)
    isTaken = cases.contains { $0.name == Self.name }
    let stem = folder == "/" ? "/\(Self.name)" : "\(folder)/\(Self.name)"
    (path, record) = (stem + ".csv", stem + ResultFile.recordEnding)
  }

  private var outputs: [OutputPlan.Output] {
    [
      .init(path) { [record] path in
        RecordedFiles(record, schema: Self.schema)?.author(of: path) ?? .someone
      },
      .init(record) { RecordedFiles($0, schema: Self.schema) == nil ? .someone : .nnx },
    ]
  }

  /// - Throws: `output-exists` when another table has the name, or somebody changed this one.
  func check() throws(NNXError) {
    guard !isTaken else {
      throw NNXError(
        .outputExists,
        "a case is called \(Self.name), as the table of all cases: one record would replace the other",
        fixes: ["Rename its image, or leave out --stats"])
    }
    try OutputPlan.checkExisting(outputs, overwrites: true)
  }

  /// - Throws: as `check()`; what reading the numbers of a case and writing the table throw.
  func write(_ outcomes: [(name: String, outcome: CaseOutcome)]) throws {
    // A case that failed may have a result of before.
    let known = outcomes.filter { $0.outcome.files != nil }
    var rows = try others(than: Set(known.map(\.name)))
    for (name, outcome) in known {
      guard let files = outcome.files, let numbers = files[.stats] else { continue }
      rows += try self.rows(name, files.segmentation, numbers, isCorrected: outcome.isCorrected)
    }
    guard !rows.isEmpty || Folder.kind(path) != nil else { return }
    let all = rows.enumerated().sorted {
      ($0.element[0], $0.offset) < ($1.element[0], $1.offset)
    }
    let lines = Delimited.lines([header] + all.map(\.element), separator: ",")
    let text = lines.map { $0 + "\n" }.joined()
    let digest = Digest.sha256(Array(text.utf8))
    try check()
    let old = RecordedFiles(record, schema: Self.schema)
    let json: OrderedJSON = [
      "schema": .string(Self.schema + "1"), "nnx": .string(Version.current),
      "files": [RecordedFiles.entry(path, sha256: digest, in: record)],
      "replaced": OrderedJSON((old?.files ?? []).map(\.sha256)),
    ]
    let staged = StagedFiles()
    try staged.write(path) { try AtomicFile.write(text, to: $0) }
    try staged.write(record) { try AtomicFile.write(json.text(pretty: true) + "\n", to: $0) }
    try staged.commit(replaces: true, seal: record)
  }

  /// Of cases of earlier runs whose numbers are those of their segmentation.
  private func others(than names: Set<String>) throws(NNXError) -> [[String]] {
    guard Folder.isFolder(folder) == true else { return [] }
    var rows: [[String]] = []
    for place in try ResultFolders.records(below: folder) {
      let caseName = String(place.dropLast(ResultFile.recordEnding.count))
      let path = folder == "/" ? "/\(place)" : "\(folder)/\(place)"
      guard !names.contains(caseName), let recorded = RecordedFiles(path),
        recorded.misnaming == nil, let file = recorded.segmentation
      else { continue }
      let segmentation = "\(parentFolder(path) == "/" ? "" : parentFolder(path))/\(file)"
      let numbers = ResultFile.stats.path(of: segmentation)
      guard let digest = try? Digest.ofFile(segmentation, .sha256),
        recorded.isCurrent(numbers, of: digest)
      else { continue }
      rows += try self.rows(
        caseName, segmentation, numbers, isCorrected: digest != recorded.segmentationDigest)
    }
    return rows
  }

  private func rows(
    _ name: String, _ segmentation: String, _ numbers: String, isCorrected: Bool
  ) throws(NNXError) -> [[String]] {
    LabelStatistics.rows(of: try OrderedJSON(contentsOf: numbers), segmentation).map {
      [name] + $0 + [isCorrected ? "corrected by hand" : ""] + facts.row(name)
    }
  }
}
