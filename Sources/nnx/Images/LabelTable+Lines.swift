import NNXImage

extension LabelTable {
  /// The labels as people read them, each with a spot of its colour.
  func lines(width: Int, _ palette: Palette) -> [String] {
    var table = Table(
      [
        .right("VALUE"), .left(""), .left("LABEL", minimum: 16, keepsEnd: true),
        .left("COLOUR"), .left("CODE", minimum: 12),
      ], width: width, palette: palette)
    for entry in entries {
      let type = entry.terms.first { $0.role == "type" }
      table.add(
        [
          "\(entry.value)", palette.depth == .none ? "" : Palette.spot, entry.name,
          entry.rgb.map(String.init).joined(separator: " "),
          type.map { "\($0.scheme) \($0.value) \($0.meaning)" } ?? "-",
        ], inks: [1: .rgb(entry.rgb)])
    }
    for region in structures where region.kind == .region && region.value == nil {
      table.add([region.valueText, "", region.name, "", ""])
    }
    return table.lines
  }
}
