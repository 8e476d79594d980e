import NNXSystem

/// What reviewers said of a network's segmentations: `qa-results.csv` of AIMI's annotations.
///
/// Columns are found by name: their order differs between versions, and so do the endings of file names.
struct QAResults {
  struct Row: Equatable {
    let reviewer: String
    /// Whether the case is of the validation, whose numbers the publisher reports.
    let isValidated: Bool
    /// UID of the series; of the PET series for PET/CT.
    let series: String
    /// File names without their endings.
    let segmentation: String
    let correction: String?
    /// 1 to 5; 5: to be used as it is.
    let likert: Int?
  }

  let rows: [Row]

  static let fileName = "qa-results.csv"

  /// - Throws: `file-not-found`, `unreadable`, `broken-table`.
  init(_ path: String) throws(NNXError) { try self.init(DelimitedReader(path), source: path) }

  init(_ table: DelimitedReader, source: String) throws(NNXError) {
    let series = table.has("SeriesInstanceUID") ? "SeriesInstanceUID" : "PTSeriesInstanceUID"
    let missing = [
      "Reviewer", "Validation", series, "AISegmentation", "LikertScore", "CorrectedSegmentation",
    ]
    .filter { !table.has($0) }
    guard missing.isEmpty else {
      throw .brokenTable(source, "it has no column \(missing.joined(separator: ", "))")
    }
    rows = table.rows.compactMap { row in
      guard let reviewer = table.field("Reviewer", of: row),
        let segmentation = table.field("AISegmentation", of: row)
      else { return nil }
      return Row(
        reviewer: reviewer,
        isValidated: table.field("Validation", of: row)?.lowercased() == "true",
        series: table.field(series, of: row) ?? "", segmentation: QAResults.stem(segmentation),
        correction: table.field("CorrectedSegmentation", of: row).map(QAResults.stem),
        likert: table.field("LikertScore", of: row).flatMap(Double.init).flatMap(Int.init(exactly:))
      )
    }
  }

  /// Reviewers in the order of their names.
  var reviewers: [String] { Set(rows.map(\.reviewer)).sorted() }

  /// How often a reviewer gave each mark from 1 to 5.
  func likertCounts(of reviewer: String) -> [Int] {
    (1...5).map { mark in rows.count { $0.reviewer == reviewer && $0.likert == mark } }
  }

  /// A file name without its ending: the same file has several over the years.
  static func stem(_ name: String) -> String {
    let endings = [".seg.dcm", ".dcm", ".nii.gz", ".nii", ".nrrd"]
    let found = endings.first { name.lowercased().hasSuffix($0) }
    return String(name.dropLast(found?.count ?? 0))
  }
}
