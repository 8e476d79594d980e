import NNXImage
import NNXSystem

/// A cohort as one page of HTML that needs nothing but a browser: style, script and pictures are inside,
/// and its security policy lets it ask nobody for anything.
package struct ReportPage {
  private let cohort: Cohort
  private let title: String

  package init(_ cohort: Cohort, title: String) {
    self.cohort = cohort
    self.title = title
  }

  /// Columns of AIMI's `qa-results.csv` for CT and MR.
  static let columns = [
    "Reviewer", "Validation", "Collection", "PatientID", "StudyDate", "StudyDate_suffix",
    "StudyInstanceUID", "SeriesInstanceUID", "AISegmentation", "LikertScore",
    "CommentsAboutAISegmentation", "CommentsAboutScan", "CorrectedSegmentation",
  ]

  /// The same, with PET and CT series instead of one where the cases have both.
  private var columns: [String] {
    guard cohort.cases.contains(where: \.hasPET) else { return ReportPage.columns }
    return ReportPage.columns.flatMap {
      $0 == "SeriesInstanceUID" ? ["PTSeriesInstanceUID", "CTSeriesInstanceUID"] : [$0]
    }
  }

  /// The whole page.
  package var html: String {
    let style = "\n" + ReportStyle.text(cohort.labels.map(\.structure))
    let script = "\n" + Resource.reportScript.text
    // https://www.w3.org/TR/CSP3: nothing may be fetched, and only these very texts are run.
    let policy = [
      "default-src 'none'", "img-src data:", "style-src '\(ReportPage.hash(style))'",
      "script-src '\(ReportPage.hash(script))'", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width">
      <meta name="generator" content="nnx \(Version.current)">
      <title>\(title.escaped)</title>
      <style>\(style)</style>
      </head>
      <body>
      \(header)
      \(panel)
      <main>
      <table id="cases" data-columns="\(columns.joined(separator: ","))">
      <thead>\(head)</thead>
      <tbody>
      \(cohort.cases.indices.map(row).joined(separator: "\n"))
      </tbody>
      <tfoot>\(foot)</tfoot>
      </table>
      \(unfinished)
      \(footer)
      </main>
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  private static func hash(_ text: String) -> String {
    let digest = Digest(.sha256)
    digest.update(Array(text.utf8))
    return "sha256-" + Base64.text(hexadecimalBytes(digest.finish()))
  }

  private var header: String {
    let rest =
      cohort.unfinished.isEmpty ? "" : ", \(cohort.unfinished.count) without a segmentation"
    let cases = (cohort.count == 1 ? "1 case" : "\(cohort.count) cases") + rest
    let outliers = cohort.outliers.count
    let marked = outliers == 1 ? "1 volume marked" : "\(outliers) volumes marked"
    return """
      <header><h1>\(title.escaped)</h1><span class="soft">\(cases), \(marked)</span>
      <div class="right"><span id="state"></span><span id="count"></span>
      <label>Reviewer <input id="reviewer" size="10" autocomplete="off"></label>
      <button id="save">Export CSV</button></div></header>
      """
  }

  private var panel: String {
    let grades = (1...5).map { "<button value=\"\($0)\">\($0)</button>" }.joined()
    return """
      <section id="current" aria-label="Current case"><div id="pictures"></div><div id="side">
      <div><h2 id="name"></h2><span id="model"></span></div>
      <div id="grades"><span class="soft">unusable</span>\(grades)<span class="soft">use as is</span></div>
      <label><span>Segmentation</span><input id="onSegmentation" autocomplete="off"></label>
      <label><span>Scan</span><input id="onScan" autocomplete="off"></label>
      <ul id="remarks"></ul></div></section>
      """
  }

  private var head: String {
    func cell(_ content: String, kind: String = "text", classes: String = "") -> String {
      "<th data-kind=\"\(kind)\" class=\"\(classes)\"><button>\(content)</button></th>"
    }
    let labels = cohort.labels.enumerated().map { index, label in
      cell(
        "<span class=\"swatch c\(index)\"></span>\(label.structure.name.escaped)", kind: "number",
        classes: "number")
    }
    return "<tr>" + cell("Case") + "<th>Pictures</th>" + labels.joined()
      + cell("Notes", kind: "number") + cell("Grade", kind: "number") + "</tr>"
  }

  private func row(_ index: Int) -> String {
    let item = cohort.cases[index]
    let pictures = item.thumbnails.map {
      "<img alt=\"\($0.name)\" src=\"data:image/png;base64,\(Base64.text($0.png))\">"
    }
    let far = cohort.outliers.filter { $0.caseName == item.name }
    let notes =
      far.map { outlier in
        "\(outlier.label): \(outlier.score > 0 ? "larger" : "smaller") than usual, "
          + "z = \(ReportPage.fixed(outlier.score))"
      } + item.notes
    return """
      <tr data-name="\(item.name.escaped)" data-file="\(item.file.escaped)" \
      data-digest="\(item.digest)" data-model="\(item.model.escaped)">\
      <td class="name" data-value="\(item.name.escaped)">\(item.name.escaped)</td>\
      <td class="pictures">\(pictures.joined())</td>\
      \(cohort.labels.map { volume($0, index) }.joined())\
      <td data-value="\(notes.count)"><ul class="notes">\
      \(notes.map { "<li>\($0.escaped)</li>" }.joined())</ul></td>\
      <td class="grade" data-value=""></td></tr>
      """
  }

  private func volume(_ label: Cohort.Label, _ index: Int) -> String {
    guard let volume = label.volumes[index] else {
      return "<td class=\"number\" data-value=\"\">–</td>"
    }
    let text = ReportPage.fixed(volume) + " ml"
    var title = ""
    var content = text
    if let score = label.scores[index] {
      title = " title=\"z = \(ReportPage.fixed(score))\""
      if abs(score) > RobustScore.limit { content = "<span class=\"far\">\(text)</span>" }
    }
    return "<td class=\"number\" data-value=\"\(volume)\"\(title)>\(content)</td>"
  }

  private var foot: String {
    let medians = cohort.labels.map {
      "<td class=\"number\">\(ReportPage.fixed($0.median)) ml</td>"
    }
    return "<tr><td>Median</td><td></td>\(medians.joined())<td></td><td></td></tr>"
  }

  /// Cases without a segmentation, in a table of their own: there is nothing in them to grade.
  private var unfinished: String {
    guard !cohort.unfinished.isEmpty else { return "" }
    let rows = cohort.unfinished.map {
      "<tr><td class=\"name\">\($0.name.escaped)</td><td>\($0.status.escaped)</td>"
        + "<td>\($0.reason.escaped)</td></tr>"
    }
    return """
      <table id="unfinished"><thead><tr><th>Without a segmentation</th><th>State</th><th>Why</th></tr>\
      </thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table>
      """
  }

  private var footer: String {
    let leftOut =
      cohort.leftOut.isEmpty
      ? "" : "<p>Not shown: \(cohort.leftOut.joined(separator: "; ").escaped).</p>"
    let marks =
      cohort.count < RobustScore.fewest
      ? "With fewer than \(RobustScore.fewest) cases no volume is marked."
      : """
      A volume is marked where its robust z-score over the cases, 0.6745 (volume − median) / MAD per \
      label, is beyond ±\(RobustScore.limit) (Iglewicz and Hoaglin 1993; where MAD is 0, the mean \
      absolute deviation times 1.2533 instead of MAD / 0.6745).
      """
    return """
      <footer>\(leftOut)<p>\(marks)</p>
      <p class="live-only">Grades: <kbd>1</kbd> unusable to <kbd>5</kbd> use as is, <kbd>0</kbd> takes \
      one back, arrows go from case to case. Grades and remarks stay in this browser until the \
      segmentation changes; the export has the columns of AIMI's qa-results.csv, and what is not \
      known here (patient, study, series, validation, corrections) is empty.</p>
      <p>nnx \(Version.current). For research only, not for diagnosis.</p></footer>
      """
  }

  /// One decimal.
  private static func fixed(_ value: Double) -> String {
    let tenths = Int(saturating: (abs(value) * 10).rounded())
    return (value < 0 && tenths > 0 ? "−" : "") + "\(tenths / 10).\(tenths % 10)"
  }
}

extension String {
  /// As text or attribute of HTML.
  fileprivate var escaped: String {
    var result = ""
    for character in unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

/// The bytes that hexadecimal digits stand for.
private func hexadecimalBytes(_ text: String) -> [UInt8] {
  let digits = Array(text)
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
    UInt8(String(digits[$0...$0 + 1]), radix: 16)
  }
}
