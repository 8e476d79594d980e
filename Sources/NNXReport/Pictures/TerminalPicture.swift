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
  /// From 1.
  package let slice: Int
  package let slices: Int

  /// - Parameters:
  ///   - segmentation: labels to draw; `nil`: the image alone.
  ///   - slice: from 1; `nil`: where the labels have most voxels, else the middle.
  ///   - columns: width of the picture in characters.
  /// - Throws: what reading throws; `usage` for a slice that there is not; `geometry` when image and
  ///   segmentation lie on different grids.
  package init(
    image: String, segmentation: String?, view: SliceView, slice: Int?, window: GreyWindow?,
    columns: Int, as style: Style
  ) throws(NNXError) {
    let image = try readGreyImage(image)
    var labels = Segmentation(
      labels: LabelMap(image.geometry.shape, largestLabel: 0), like: image)
    if let segmentation { labels = try readNamedSegmentation(segmentation) }
    try labels.checkGrid(of: image)
    let plane = SlicePlane(view, image.geometry)
    let count = plane.through.extent
    slices = count
    guard slice.map({ (1...count).contains($0) }) ?? true else {
      throw NNXError(.usage, "there is no slice \(slice ?? 0); the last is \(count)")
    }
    let chosen = slice.map { $0 - 1 } ?? plane.fullestSlice(SliceCounts(labels.labels).all)
    self.slice = chosen + 1
    let picture = SlicePicture(
      image: image, segmentation: labels, window: window ?? GreyWindow(for: image))
    switch style {
    case .half:
      text = TerminalPicture.halfBlocks(
        picture.draw(plane, slice: chosen, side: columns / 2 * 2, isMarked: false))
    case .kitty: text = TerminalPicture.kitty(picture.draw(plane, slice: chosen, side: columns * 8))
    case .sixel:
      let canvas = picture.draw(plane, slice: chosen, side: columns * 8)
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
