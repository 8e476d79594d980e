import NNXImage
import NNXSystem

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
    return Resource.reportStyle.text + colours.map { $0 + "\n" }.joined()
  }
}
