import ArgumentParser
import NNXReport
import NNXSystem

/// How a page is written, for every verb that does.
extension Report {
  static func checkName(_ output: String) throws {
    guard [".html", ".htm"].contains(where: { output.lowercased().hasSuffix($0) }) else {
      throw ValidationError("the page's name must end in .html")
    }
  }

  /// Reads the cases of a folder, writes the page, and says what is worth a look.
  ///
  /// - Parameters:
  ///   - places: folders below it that results lie in; empty for itself.
  ///   - unfinished: cases that have no segmentation.
  /// - Throws: `output-exists`, what reading the folder and writing the page throw.
  @discardableResult
  static func write(
    _ output: String, _ folder: String, places: [String], unfinished: [Cohort.Unfinished] = [],
    images: String? = nil, size: Int? = nil, slices: Int? = nil, title: String? = nil,
    overwrites: Bool,
    _ context: Context
  ) throws -> Cohort {
    let file = try AnswerFile(
      output, reading: [], overwrites: overwrites, author: FileMark.page)
    let handler = context.progressBar.handler
    let cohort = try Cohort(
      folder, places: places, unfinished: unfinished, images: images, side: size,
      slices: slices
    ) {
      handler(ProgressEvent(.read, $0, $1, of: $2, .files))
    }
    context.progressBar.finish()
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    try file.write(
      FileMark.seal(
        ReportPage(cohort, title: title ?? name).html, comment: ("<!-- ", " -->")))
    let most = 5
    for line in cohort.leftOut.prefix(most) { context.output.note("note: not shown: \(line)") }
    if cohort.leftOut.count > most {
      context.output.note(
        "note: not shown: \(cohort.leftOut.count - most) more, which the page names")
    }
    for outlier in cohort.outliers {
      context.output.note(
        "note: \(outlier.caseName): \(outlier.label) has \(Quantity.fixed(outlier.volume, 1)) ml, "
          + "z = \(Quantity.fixed(outlier.score, 1))")
    }
    return cohort
  }
}

/// The answer of `nnx report` for programs.
enum ReportWriting {
  static func json(_ cohort: Cohort, _ output: String) -> Members {
    [
      "output": output, "cases": cohort.count,
      "outliers": cohort.outliers.map {
        ["case": $0.caseName, "label": $0.label, "ml": $0.volume, "z": $0.score] as Members
      },
      "leftOut": cohort.leftOut,
    ]
  }
}
