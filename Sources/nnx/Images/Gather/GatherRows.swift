import NNXImage
import NNXPredict
import NNXReport
import NNXSystem

/// The table of a cohort: a row for each case and structure, and one for each case that is not done.
///
/// Columns are those of `nnx stats --format csv` behind the case and what became of it, then a note and what tables
/// of cases say. Where a case has no numbers (`--stats`), its record's volumes are there and the other fields are
/// empty.
enum GatherRows {
  static let header = ["case", "status"] + LabelStatistics.columns + ["note"]

  /// The rows that a record gives: `LabelStatistics.columns` and a note.
  static let ofRecord: CohortIndex.Rows = { (segmentation, recorded) throws(NNXError) in
    let name = lastComponent(segmentation)
    // Its bytes alone tell whether it is what the numbers are of: times do not, once the record was written anew or
    // files were renamed.
    let digest = try? Digest.ofFile(segmentation, .sha256)
    let isCorrected = digest != recorded.segmentationDigest
    let stats = ResultFile.stats.path(of: segmentation)
    let hasNumbers = recorded.files.contains { lastComponent($0.path) == lastComponent(stats) }
    var note = isCorrected ? "corrected by hand" : ""
    if hasNumbers, recorded.isCurrent(stats, of: digest),
      let numbers = try? OrderedJSON(contentsOf: stats)
    {
      return LabelStatistics.rows(of: numbers, name).map { $0 + [note] }
    }
    if isCorrected {
      do throws(NNXError) { _ = try readSegmentation(segmentation) } catch {
        throw NNXError(
          error.code, "what lies there was changed, and is no segmentation: \(error.message)")
      }
      let owner = digest.flatMap { recorded.otherOwner(of: $0) }
      note =
        owner.map { "volumes are the case's, but the file is the segmentation of \($0)" }
        ?? "\(note); volumes are those before: nnx predict --stats measures it"
    }
    let labels: OrderedJSON = ["labels": recorded.json["labels"] ?? []]
    return LabelStatistics.rows(of: labels, name).map { $0 + [note] }
  }

  /// - Throws: what asking the index throws.
  static func all(
    _ state: CohortState, _ index: CohortIndex, _ facts: CohortFacts
  ) throws -> [[String]] {
    let known = try index.tableRows()
    var rows = [facts.header(behind: header)]
    let empty = [String](repeating: "", count: LabelStatistics.columns.count)
    for item in state.items {
      let more = facts.row(item.name)
      let own = item.result.flatMap { known[ExactText($0)] } ?? []
      guard item.status == .done, !own.isEmpty else {
        let note = item.failure.map { "\($0.code): \($0.message)" } ?? item.problem ?? ""
        rows.append([item.name, item.status.rawValue] + empty + [note] + more)
        continue
      }
      rows += own.map { [item.name, item.status.rawValue] + $0 + more }
    }
    return rows
  }
}
