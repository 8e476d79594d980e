import NNXImage

/// The page's style sheet: dark, as reading rooms are.
enum ReportStyle {
  /// - Parameter labels: whose colours become the classes `c0`, `c1`, ….
  static func text(_ labels: [LabelTable.Structure]) -> String {
    let colours = labels.enumerated().map { index, label in
      let colours = label.colours.map { "rgb(" + $0.map(String.init).joined(separator: " ") + ")" }
      guard colours.count > 1 else { return ".c\(index) { background: \(colours[0]); }" }
      // A region has the colours of its parts, side by side.
      let stops = colours.enumerated().map { place, colour in
        "\(colour) \(100 * place / colours.count)% \(100 * (place + 1) / colours.count)%"
      }
      return ".c\(index) { background: linear-gradient(90deg, \(stops.joined(separator: ", "))); }"
    }
    return ([rules] + colours).joined(separator: "\n")
  }

  private static let rules = """
    :root { color-scheme: dark; }
    * { box-sizing: border-box; }
    html { height: 100%; }
    body { margin: 0; height: 100%; display: flex; flex-direction: column; background: #16181c;
      color: #d9dce1; font: 14px/1.4 system-ui, sans-serif; }
    header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; padding: 10px 16px; }
    h1 { font-size: 18px; margin: 0; }
    h2 { font-size: 16px; margin: 0 0 2px; overflow-wrap: anywhere; }
    button, input { font: inherit; color: inherit; background: #2a2e36; border: 1px solid #464c58;
      border-radius: 4px; padding: 3px 8px; }
    button { cursor: pointer; }
    button:hover { background: #353a45; }
    button:focus-visible, input:focus-visible { outline: 2px solid #6aa9ff; outline-offset: 1px; }
    .soft, #model, #count { color: #9aa1ad; }
    .live-only { display: none; }
    .live .live-only { display: revert; }
    header .right { margin-left: auto; display: none; gap: 10px; align-items: center; }
    .live header .right { display: flex; }
    #current { background: #1d2026; padding: 10px 16px;
      border-block: 1px solid #343944; display: none; gap: 16px; }
    .live #current { display: flex; }
    #pictures { display: flex; gap: 4px; flex: 0 1 auto; min-width: 0; }
    #pictures img { width: 224px; min-width: 0; flex: 0 1 224px; aspect-ratio: 1; background: #000; }
    #side { flex: 1 1 300px; min-width: 280px; display: flex; flex-direction: column; gap: 8px; }
    #remarks { margin: 0; padding-left: 18px; max-height: 84px; overflow: auto; font-size: 13px; }
    #remarks:empty { display: none; }
    #grades { display: flex; gap: 4px; align-items: center; }
    #grades button { min-width: 28px; font-weight: 600; }
    #grades .soft { font-size: 12px; white-space: nowrap; }
    #grades button[aria-pressed=true] { outline: 2px solid #fff; }
    #side label { display: flex; gap: 8px; align-items: center; font-size: 13px; }
    #side label span { flex: 0 0 92px; }
    #side input { flex: 1; min-width: 0; }
    main { flex: 1; min-height: 200px; overflow: auto; padding: 0 16px; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th { text-align: left; font-weight: 600; padding: 6px 8px; vertical-align: bottom;
      position: sticky; top: 0; background: #16181c; box-shadow: inset 0 -1px #464c58; }
    tbody tr { scroll-margin: 48px 0 8px; }
    th button { background: none; border: 0; padding: 0; font-weight: 600; text-align: inherit; }
    th button:hover { background: none; text-decoration: underline; }
    th[aria-sort=ascending] button::after { content: ' \\25B2'; }
    th[aria-sort=descending] button::after { content: ' \\25BC'; }
    td { padding: 4px 8px; border-bottom: 1px solid #2a2e36; vertical-align: middle; }
    td.name { overflow-wrap: anywhere; min-width: 90px; }
    .number { text-align: right; white-space: nowrap; }
    td.pictures { white-space: nowrap; width: 1%; }
    td img { width: 60px; height: 60px; margin-right: 2px; vertical-align: middle; background: #000; }
    .live tbody tr { cursor: pointer; }
    .live tbody tr:hover { background: #1f232a; }
    tr[aria-selected=true], .live tbody tr[aria-selected=true]:hover { background: #28344a; }
    .far { background: #6b4a10; color: #ffdf9e; border-radius: 3px; padding: 1px 5px; }
    .notes { margin: 0; padding-left: 16px; font-size: 12px; color: #b3b9c4; }
    td.grade { text-align: center; font-weight: 700; }
    .g1 { color: #ff8f8f; } .g2 { color: #ffb37a; } .g3 { color: #ffe08a; }
    .g4 { color: #bfe38a; } .g5 { color: #7fdc9a; }
    .swatch { display: inline-block; width: 10px; height: 10px; margin-right: 5px; }
    tfoot td { color: #9aa1ad; border: 0; }
    footer { padding: 8px 8px 16px; color: #9aa1ad; font-size: 12px; max-width: 100ch; }
    kbd { border: 1px solid #464c58; border-radius: 3px; padding: 0 4px; font: inherit; }
    @media (max-width: 1100px) {
      .live #current { flex-direction: column; }
    }
    @media print {
      #current, header .right { display: none !important; }
      body { background: #fff; color: #000; height: auto; display: block; }
    }
    """
}
