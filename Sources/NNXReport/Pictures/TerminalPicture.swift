import NNXImage
import NNXSystem

/// One slice of an image, with or without labels, for a terminal.
package struct TerminalPicture: Sendable {
  package enum Style: String, CaseIterable, Sendable {
    /// Two pixels per character, as upper half blocks in 24-bit colours.
    case half
    /// The graphics protocol of kitty, which WezTerm, Ghostty and Konsole know, too.
    case kitty
    /// Sixels in up to 256 colours, which xterm, foot, mlterm, WezTerm and Windows Terminal know.
    case sixel
  }

  /// Text to print, with a line end.
  package let text: String
  /// The labels that the slice shows, in the order of their values.
  package let labels: [LabelTable.Entry]
  /// From 1.
  package let slice: Int
  package let slices: Int
  /// Voxels of the image that are no numbers, drawn as its background.
  package let notFinite: Int

  /// - Parameters:
  ///   - segmentation: labels to draw; `nil`: the image alone.
  ///   - slice: from 1; `nil`: where the labels have most voxels, else the middle.
  ///   - columns: the most characters that the picture is wide.
  ///   - rows: the most lines that it is high; `nil`: as many as it takes.
  /// - Throws: what reading throws; `usage` for a slice that there is not; `geometry` when image and
  ///   segmentation lie on different grids.
  package init(
    image: String, segmentation: String?, view: SliceView, slice: Int?, window: GreyWindow?,
    columns: Int, rows: Int? = nil, as style: Style
  ) throws(NNXError) {
    let given = try segmentation.map { (path) throws(NNXError) in
      try readNamedSegmentation(path)
    }
    let image = try readGreyImage(image, under: given)
    let labels =
      given?.completed(to: image.geometry, image.header)
      ?? Segmentation(labels: LabelMap(image.geometry.shape, largestLabel: 0), like: image)
    try labels.checkGrid(of: image)
    let plane = SlicePlane(view, image.geometry)
    let extent = plane.through.extent
    slices = extent
    guard slice.map({ (1...extent).contains($0) }) ?? true else {
      throw NNXError(.usage, "there is no slice \(slice ?? 0); the last is \(extent)")
    }
    let chosen = slice.map { $0 - 1 } ?? plane.fullestSlice(SliceCounts.all(in: labels.labels))
    self.slice = chosen + 1
    let window = window ?? GreyWindow(for: image)
    let (ground, count) = image.withoutNonFinite()
    notFinite = count
    let picture = SlicePicture(image: ground, segmentation: labels, window: window)
    // Two pixels a character in height; as graphics, characters are taken for 8 x 16 pixels.
    let (across, down) = style == .half ? (1, 2) : (8, 16)
    let side = min(columns * across, rows.map { max(1, $0) * down } ?? .max) / 2 * 2
    let canvas = picture.draw(
      plane, slice: chosen, side: max(2, side), isMarked: style != .half)
    var values: Set<Int> = []
    for y in 0..<plane.down.extent {
      for x in 0..<plane.right.extent {
        values.insert(labels.labels[plane.index(right: x, down: y, through: chosen)])
      }
    }
    self.labels = labels.table.entries.filter { $0.value > 0 && values.contains($0.value) }
    switch style {
    case .half: text = TerminalPicture.halfBlocks(canvas)
    case .kitty: text = TerminalPicture.kitty(canvas)
    case .sixel:
      text = Sixel.text(canvas.pixels, width: canvas.width, height: canvas.height) + "\n"
    }
  }

  /// Each character shows the upper pixel in its foreground and the lower one in its background.
  private static func halfBlocks(_ canvas: Canvas) -> String {
    var text = ""
    for y in stride(from: 0, to: canvas.height - 1, by: 2) {
      for x in 0..<canvas.width {
        let (upper, lower) = (canvas.colour(x, y), canvas.colour(x, y + 1))
        text += "\u{1B}[38;2;\(upper);48;2;\(lower)m\u{2580}"
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }

  /// https://sw.kovidgoyal.net/kitty/graphics-protocol: PNG in base64, in chunks of 4096 characters.
  private static func kitty(_ canvas: Canvas) -> String {
    let encoded = Base64.digits(canvas.png)
    let chunks = stride(from: 0, to: encoded.count, by: 4096).map {
      encoded[$0..<min($0 + 4096, encoded.count)]
    }
    var text = ""
    for (index, chunk) in chunks.enumerated() {
      let start = index == 0 ? "a=T,f=100," : ""
      let more = index < chunks.count - 1 ? 1 : 0
      text += "\u{1B}_G\(start)m=\(more);" + String(decoding: chunk, as: UTF8.self) + "\u{1B}\\"
    }
    return text + "\n"
  }
}
