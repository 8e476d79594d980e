import NNXImage
import NNXSystem

/// A cohort as one page of HTML that needs nothing but a browser: style, script and pictures are inside,
/// and its security policy lets it ask nobody for anything.
package struct ReportPage {
  let cohort: Cohort
  private let title: String
  /// What is marked, by the cases' names.
  private let marked: [String: [Cohort.Outlier]]
  /// The first rows have their pictures at once, the others when they come into view.
  private static let atOnce = 50

  package init(_ cohort: Cohort, title: String) {
    self.cohort = cohort
    self.title = title
    marked = Dictionary(grouping: cohort.outliers, by: \.caseName)
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
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="nnx \(Version.current)">
      <title>\(title.markup)</title>
      <style>\(style)</style>
      </head>
      <body>
      \(header)
      \(panel)
      \(filters)
      <main>
      \(unfinished)
      <table id="cases" data-columns="\(columns.joined(separator: ","))">
      <thead>\(head)</thead>
      <tbody>
      \(cohort.cases.indices.map(row).joined(separator: "\n"))
      </tbody>
      <tfoot>\(foot)</tfoot>
      </table>
      \(footer)
      </main>
      <dialog id="large" aria-label="Picture, enlarged"><div id="stage"></div></dialog>
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
    let cases = counted(cohort.count, "case") + rest
    let outliers = cohort.outliers.count
    let marked = outliers == 1 ? "1 volume marked" : "\(outliers) volumes marked"
    return """
      <header><h1>\(title.markup)</h1><span class="soft">\(cases), \(marked)</span>
      <div class="right"><span id="state"></span><span id="count"></span>
      <label>Reviewer <input id="reviewer" size="10" autocomplete="off"></label>
      <button id="save">Export CSV</button>
      <button id="theme" title="Light or dark">◐</button></div></header>
      """
  }

  private var panel: String {
    let grades = (1...5).map { "<button value=\"\($0)\">\($0)</button>" }.joined()
    return """
      <section id="current" aria-label="Current case"><div id="pictures"></div><div id="side">
      <div><h2 id="name"></h2><span id="model"></span></div>
      <ul id="volumes"></ul>
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
        "<span class=\"swatch c\(index)\"></span>\(label.structure.name.markup)", kind: "number",
        classes: "number v")
    }
    return "<tr>" + cell("Case") + "<th>Pictures</th>" + labels.joined()
      + cell("Notes", kind: "number") + cell("Grade", kind: "number") + "</tr>"
  }

  private func row(_ index: Int) -> String {
    let item = cohort.cases[index]
    let source = index < Self.atOnce ? "src" : "data-src"
    let pictures = item.thumbnails.map {
      "<img alt=\"\($0.name)\" \(source)=\"data:image/png;base64,\(Base64.text($0.png))\">"
    }
    let far = marked[item.name] ?? []
    let notes =
      far.map { outlier in
        "\(outlier.label): \(outlier.score > 0 ? "larger" : "smaller") than usual, "
          + "z = \(ReportPage.fixed(outlier.score))"
      } + item.notes
    return """
      <tr data-name="\(item.name.markup)" data-state="done" data-file="\(item.file.markup)" \
      data-digest="\(item.digest)" data-model="\(item.model.markup)">\
      <td class="name" data-value="\(item.name.markup)">\(item.name.markup)</td>\
      <td class="pictures">\(pictures.joined())\(item.stack.map(data) ?? "")</td>\
      \(cohort.labels.map { volume($0, index) }.joined())\
      <td class="notes-cell" data-value="\(notes.count)"><ul class="notes">\
      \(notes.map { "<li>\($0.markup)</li>" }.joined())</ul></td>\
      <td class="grade" data-value=""></td></tr>
      """
  }

  /// The slices of a case as data: no browser looks at a script of this type.
  private func data(_ stack: SliceStack) -> String {
    let codes = stack.view.codes
    let letters = [opposite(codes.right), codes.right, opposite(codes.down), codes.down]
    return """
      <script type="text/plain" class="stack" data-view="\(stack.view.rawValue)" \
      data-slices="\(stack.slices.map { "\($0 + 1)" }.joined(separator: " "))" \
      data-extent="\(stack.extent)" data-first="\(stack.fullest)" data-pixel="\(stack.pixel)" \
      data-letters="\(String(letters))">\(Base64.text(stack.grey)) \(Base64.text(stack.overlay))</script>
      """
  }

  private func volume(_ label: Cohort.Label, _ index: Int) -> String {
    guard let volume = label.volumes[index] else {
      return "<td class=\"number v\" data-value=\"\">–</td>"
    }
    let text = ReportPage.fixed(volume) + " ml"
    var title = ""
    var content = text
    if let score = label.scores[index] {
      title = " title=\"z = \(ReportPage.fixed(score))\""
      if abs(score) > RobustScore.limit { content = "<span class=\"far\">\(text)</span>" }
    }
    return "<td class=\"number v\" data-value=\"\(volume)\"\(title)>\(content)</td>"
  }

  private var foot: String {
    let medians = cohort.labels.map {
      "<td class=\"number v\">\(ReportPage.fixed($0.median)) ml</td>"
    }
    return "<tr><td>Median</td><td></td>\(medians.joined())<td></td><td></td></tr>"
  }

  private var footer: String {
    let leftOut =
      cohort.leftOut.isEmpty
      ? "" : "<p>Not shown: \(cohort.leftOut.joined(separator: "; ").markup).</p>"
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
      one back. <kbd>↑</kbd> <kbd>↓</kbd> go from case to case, <kbd>←</kbd> <kbd>→</kbd> or the wheel from \
      slice to slice, <kbd>o</kbd> hides the labels, <kbd>Enter</kbd> enlarges, <kbd>/</kbd> searches, \
      <kbd>Esc</kbd> leaves. Grades and remarks stay in this browser until the \
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

/// The bytes that hexadecimal digits stand for.
private func hexadecimalBytes(_ text: String) -> [UInt8] {
  let digits = Array(text)
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
    UInt8(String(digits[$0...$0 + 1]), radix: 16)
  }
}
