import NNXImage
import NNXPredict
import NNXReport
import NNXSystem

/// The numbers of all cases of a folder in one table, `nnx-stats.csv`: a row for each case and label, with
/// the columns of `nnx stats --format csv`.
///
/// Rows of cases that are not of this run stay.
struct CohortTable {
  let path: String

  private static let header =
    Delimited.lines([["case"] + LabelStatistics.columns], separator: ",")[0]

  /// - Parameter folder: of the results.
  init(folder: String) {
    path = folder == "/" ? "/nnx-stats.csv" : "\(folder)/nnx-stats.csv"
  }

  /// - Throws: `output-exists` when another table has the name.
  func check() throws(NNXError) { _ = try rows() }

  /// - Throws: as `check()`; what reading the numbers of a case and writing the table throw.
  func write(_ outcomes: [(name: String, outcome: CaseOutcome)]) throws {
    var made: [(name: String, line: String)] = []
    for (name, outcome) in outcomes {
      guard let files = outcome.files, let numbers = files[.stats] else { continue }
      let rows = LabelStatistics.rows(of: try OrderedJSON(contentsOf: numbers), files.segmentation)
      made += Delimited.lines(rows.map { [name] + $0 }, separator: ",").map { (name, $0) }
    }
    // Of a case that failed nothing is known: its segmentation may not be what its numbers were taken of.
    let names = Set(outcomes.map(\.name))
    let kept = try rows().filter { row in
      // Of a result that is gone, or that was made anew without numbers, nothing is known either.
      !names.contains(row.name)
        && Folder.kind(ResultFile.stats.path(of: "\(parentFolder(path))/\(row.name).nii.gz")) != nil
    }
    let all = (kept + made).enumerated().sorted {
      ($0.element.name, $0.offset) < ($1.element.name, $1.offset)
    }
    guard !all.isEmpty || Folder.kind(path) != nil else { return }
    let lines = [Self.header] + all.map(\.element.line)
    try AtomicFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path)
  }

  /// What the table holds already.
  private func rows() throws(NNXError) -> [(name: String, line: String)] {
    guard Folder.kind(path) != nil else { return [] }
    let file = try FileReader(path)
    let text = String(decoding: try file.bytes(at: 0, count: file.count), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.first == Self.header else {
      throw NNXError(
        .outputExists, "\(path) exists, and is no table that this nnx writes",
        details: ["nnx never replaces what others wrote."],
        fixes: ["Move it away, or choose another folder for the results"])
    }
    return lines.dropFirst().map { (CohortTable.firstField($0), $0) }
  }

  /// Of a line of CSV, quoted or not.
  private static func firstField(_ line: String) -> String {
    guard line.hasPrefix("\"") else {
      return String(line.prefix { $0 != "," })
    }
    var field = ""
    var rest = line.dropFirst()[...]
    while let quote = rest.firstIndex(of: "\"") {
      field += rest[..<quote]
      rest = rest[rest.index(after: quote)...]
      guard rest.first == "\"" else { break }
      field += "\""
      rest = rest.dropFirst()
    }
    return field
  }
}
