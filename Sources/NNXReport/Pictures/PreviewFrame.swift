import NNXImage

/// What stands around the pictures of a preview: a title above, and below the legend and what was not found.
struct PreviewFrame {
  let title: String
  /// At the upper right.
  let note: String
  let labels: [DrawnLabel]
  let notFound: [String]

  /// A longer legend is none that one reads.
  private static let mostEntries = 48

  func around(_ slices: Canvas) -> Canvas {
    let line = Font.height + 5
    let entries = legend
    let cell = (entries.map { Canvas.textWidth($0.text) }.max() ?? 0) + 34
    let columns = max(1, (slices.width - 8) / cell)
    let rows = (entries.count + columns - 1) / columns
    let lines = rows + (notFound.isEmpty ? 0 : 1)
    var canvas = Canvas(
      width: slices.width, height: slices.height + line + lines * line + 10, colour: [24, 24, 24])
    let room = slices.width - Canvas.textWidth(note) - 24
    canvas.write(PreviewFrame.cut(title, to: room), x: 6, y: 4)
    canvas.write(note, x: slices.width - Canvas.textWidth(note) - 6, y: 4, Canvas.grey)
    canvas.put(slices, x: 0, y: line + 2)
    for (index, entry) in entries.enumerated() {
      let x = 8 + index % columns * cell
      let y = slices.height + line + 8 + index / columns * line
      // A region has the colours of its parts.
      for (place, colour) in entry.colours.enumerated() {
        let (from, to) = (
          10 * place / entry.colours.count, 10 * (place + 1) / entry.colours.count
        )
        canvas.fill(x: x + from, y: y + 2, width: to - from, height: 10, colour)
      }
      canvas.write(entry.text, x: x + 16, y: y)
    }
    if !notFound.isEmpty {
      let text = PreviewFrame.cut("not found: " + shortList(notFound), to: slices.width - 16)
      canvas.write(text, x: 8, y: slices.height + line + 8 + rows * line, Canvas.grey)
    }
    return canvas
  }

  private var legend: [(text: String, colours: [[Int]])] {
    let shown = labels.prefix(PreviewFrame.mostEntries).map { label in
      let volume = (label.volume * 10).rounded() / 10
      return (text: "\(label.structure.name)  \(volume) ml", colours: label.structure.colours)
    }
    let rest = labels.count - shown.count
    return shown + (rest > 0 ? [(text: "and \(rest) more", colours: [])] : [])
  }

  /// - Parameter width: in pixels.
  private static func cut(_ text: String, to width: Int) -> String {
    let room = width / Font.width
    return text.count > room ? text.prefix(max(room - 3, 8)) + "..." : text
  }
}
