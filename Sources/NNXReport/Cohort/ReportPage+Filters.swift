import NNXImage
import NNXSystem

/// What narrows a page down, and the cases that have no segmentation.
extension ReportPage {
  /// By state, by words, and by the volume of a structure.
  var filters: String {
    let counts = Dictionary(grouping: cohort.unfinished, by: \.status).mapValues(\.count)
    var states = [("all", "All", cohort.count + cohort.unfinished.count)]
    if cohort.count > 0 { states.append(("done", "Done", cohort.count)) }
    states += counts.sorted { $0.key < $1.key }.map { ($0.key, $0.key.capitalizedFirst, $0.value) }
    let far = Set(cohort.outliers.map(\.caseName)).count
    if far > 0 { states.append(("far", "Marked", far)) }
    let buttons = states.map { value, name, count in
      "<button value=\"\(value.markup)\" aria-pressed=\"\(value == "all")\">\(name.markup) "
        + "<span class=\"soft\">\(count)</span></button>"
    }
    let structures = cohort.labels.enumerated().map { index, label in
      "<option value=\"\(index)\">\(label.structure.name.markup)</option>"
    }
    let volume =
      structures.isEmpty
      ? ""
      : """
      <span class="group volume"><select id="structure" aria-label="Structure">\(structures.joined())</select>
      <input id="least" size="6" inputmode="decimal" placeholder="from" aria-label="Least volume, ml" \
      autocomplete="off">–<input id="most" size="6" inputmode="decimal" placeholder="to" \
      aria-label="Largest volume, ml" autocomplete="off"> ml</span>
      """
    return """
      <section id="filters" class="live-only" aria-label="Filters">
      <span id="states" class="group" role="group" aria-label="State">\(buttons.joined())
      <button value="ungraded" aria-pressed="false">Not graded</button></span>
      <input id="search" type="search" placeholder="Search ( / )" autocomplete="off" \
      aria-label="Search names, notes and reasons">
      \(volume)
      <span id="shown" class="soft" role="status"></span></section>
      """
  }

  /// Cases without a segmentation, in a table of their own: there is nothing in them to grade.
  var unfinished: String {
    guard !cohort.unfinished.isEmpty else { return "" }
    // What asks for a person comes first.
    let failed = cohort.unfinished.filter { $0.status == "failed" }
    let rows = (failed + cohort.unfinished.filter { $0.status != "failed" }).map { item in
      "<tr data-state=\"\(item.status.markup)\"><td class=\"name\">\(item.name.markup)</td>"
        + "<td><span class=\"state \(item.status == "failed" ? "bad" : "")\">\(item.status.markup)"
        + "</span></td><td class=\"reason\">\(item.reason.markup)</td></tr>"
    }
    return """
      <table id="unfinished"><thead><tr><th>Without a segmentation</th><th>State</th><th>Why</th></tr>\
      </thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table>
      """
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
