import NNXImage
import NNXSystem

/// AIMI's annotations in a folder: the reviewers' table and the segmentations, wherever they lie below.
struct AIMIFolder {
  let results: QAResults
  /// Paths, by file name without ending.
  private let files: [String: String]
  private let folder: String

  /// - Throws: `file-not-found`; `no-annotations`; `broken-table`.
  init(_ folder: String) throws(NNXError) {
    let all = try Folder.files(below: folder).map(\.path).filter {
      !lastComponent($0).hasPrefix(".")
    }
    let tables = all.filter { lastComponent($0) == QAResults.fileName }
    guard tables.count == 1 else {
      throw NNXError(
        .noAnnotations,
        "there \(tables.isEmpty ? "is no" : "are \(tables.count)") \(QAResults.fileName) in \(folder)",
        fixes: ["Give a folder of AIMI's annotations, or fetch them: nnx data fetch liver-mr"])
    }
    func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }
    results = try QAResults(path(tables[0]))
    var files: [String: String] = [:]
    for name in all.sorted() where lastComponent(name) != QAResults.fileName {
      let last = lastComponent(name)
      let stem = QAResults.stem(last)
      guard stem != last else { continue }
      // A DICOM segmentation before other kinds of the same.
      if files[stem]?.lowercased().hasSuffix(".dcm") ?? false { continue }
      files[stem] = path(name)
    }
    self.files = files
    self.folder = folder
  }

  /// The file of a name without ending.
  func file(_ stem: String) -> String? { files[stem] }
}

/// Predictions in a folder, found by the series that they were made of.
struct AIMIPredictions {
  private var files: [String: String] = [:]
  /// File names that tell no series.
  private(set) var strangers: [String] = []

  /// - Throws: `file-not-found`, `unreadable`; what reading a DICOM segmentation throws; `usage` when two
  ///   are of one series.
  init(_ folder: String, _ results: QAResults) throws(NNXError) {
    let names = Dictionary(
      results.rows.map { ($0.segmentation, $0.series) }, uniquingKeysWith: { first, _ in first })
    let known = Set(results.rows.map(\.series))
    for name in try Folder.entries(folder).sorted() where !name.hasPrefix(".") {
      let stem = QAResults.stem(name)
      guard stem != name, !ResultFile.isCompanion(name) else { continue }
      let path = "\(folder)/\(name)"
      let told = SEGFile.isOne(path) ? try SEGFile(path).referencedSeries : []
      let bare = stem.hasSuffix("_seg") ? String(stem.dropLast(4)) : stem
      let found =
        told.first { known.contains($0) } ?? (known.contains(bare) ? bare : nil)
        ?? names[bare] ?? names["ai_" + bare]
      guard let found else {
        strangers.append(name)
        continue
      }
      if let other = files.updateValue(path, forKey: found) {
        throw NNXError(
          .usage, "two predictions in \(folder) are of one series", details: [other, path],
          fixes: ["Keep one of them there"])
      }
    }
  }

  func file(ofSeries series: String) -> String? { files[series] }
}

extension NNXError.Code {
  static let noAnnotations = NNXError.Code("no-annotations", .notFound)
}
