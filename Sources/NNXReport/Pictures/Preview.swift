import NNXImage
import NNXSystem

/// A picture to check a segmentation by.
package struct Preview: Sendable {
  package enum Layout: String, CaseIterable, Sendable {
    /// Three planes through each structure, where it is largest.
    case planes
    /// Axial slices from the lowest to the highest with a label.
    case mosaic
  }

  package struct Options: Sendable {
    package var layout: Layout
    package var window: GreyWindow?
    /// Only these labels are drawn; all when empty.
    package var labels: [Int]
    /// Side of one slice in pixels.
    package var side: Int

    package init(
      layout: Layout = .planes, window: GreyWindow? = nil, labels: [Int] = [], side: Int = 280
    ) {
      self.layout = layout
      self.window = window
      self.labels = labels
      self.side = side
    }
  }

  /// The picture as a PNG file.
  package let png: [UInt8]
  package let width: Int
  package let height: Int
  /// Labels that have voxels and are not drawn, because there are too many.
  package let leftOut: [String]

  /// More rows than this make a picture that nobody scrolls through.
  private static let mostRows = 24
  private static let gap = 4

  /// - Parameters:
  ///   - segmentation: with a table that names its labels, on the grid of the image.
  ///   - title: a line above the picture.
  /// - Throws: `geometry` when image and segmentation lie on different grids; `no-labels` when no label
  ///   has a voxel.
  package init(
    image: Image, segmentation: Segmentation, title: String, options: Options = .init()
  ) throws(NNXError) {
    let statistics = try LabelStatistics.measure(segmentation, image: image).filter {
      $0.voxels > 0 && (options.labels.isEmpty || options.labels.contains($0.value))
    }
    guard !statistics.isEmpty else {
      throw NNXError(
        .noLabels, "there is nothing to draw: no label has a voxel",
        fixes: ["Check the segmentation with: nnx stats"])
    }
    let shown = Array(statistics.prefix(Preview.mostRows))
    leftOut = statistics.dropFirst(Preview.mostRows).map(\.name)
    let window = options.window ?? GreyWindow(for: image)
    var visible = segmentation
    if !options.labels.isEmpty {
      visible.labels = Preview.only(Set(options.labels), of: segmentation.labels)
    }
    let picture = SlicePicture(image: image, segmentation: visible, window: window)
    let slices =
      switch options.layout {
      case .planes: Preview.planes(picture, shown, options.side)
      case .mosaic: Preview.mosaic(picture, options.side)
      }
    let level = "window \(Int(window.width.rounded())), level \(Int(window.level.rounded()))"
    let canvas = Preview.framed(slices, title: title, note: level, statistics: shown, visible.table)
    (png, width, height) = (canvas.png, canvas.width, canvas.height)
  }

  private static func only(_ wanted: Set<Int>, of map: LabelMap) -> LabelMap {
    let result = LabelMap(map.shape, largestLabel: map.isWide ? 65535 : 254)
    for index in 0..<map.count where wanted.contains(map[index]) { result[index] = map[index] }
    return result
  }

  private static func planes(
    _ picture: SlicePicture, _ labels: [LabelStatistics], _ side: Int
  ) -> Canvas {
    let planes = SliceView.allCases.map { SlicePlane($0, picture.image.geometry) }
    let counts = SliceCounts(picture.segmentation.labels).counts
    var canvas = Canvas(
      width: 3 * side + 2 * gap, height: labels.count * (side + gap) - gap, colour: [24, 24, 24])
    for (row, label) in labels.enumerated() {
      for (column, plane) in planes.enumerated() {
        let slice = plane.fullestSlice(counts[label.value])
        var panel = picture.draw(plane, slice: slice, side: side)
        let colour = picture.segmentation.table[label.value]?.rgb ?? Canvas.white
        if column == 0 { panel.write(label.name, x: 4, y: 3, colour) }
        panel.write(
          "\(slice + 1)/\(plane.through.extent)",
          x: side - Canvas.textWidth("\(slice + 1)/\(plane.through.extent)") - 4,
          y: side - Font.height - 3, Canvas.grey)
        canvas.put(panel, x: column * (side + gap), y: row * (side + gap))
      }
    }
    return canvas
  }

  private static func mosaic(_ picture: SlicePicture, _ side: Int) -> Canvas {
    let plane = SlicePlane(.axial, picture.image.geometry)
    let counts = SliceCounts(picture.segmentation.labels).all
    let filled = plane.filledSlices(counts.map { [$0[plane.through.file]] } ?? [])
    let (columns, most) = (4, 16)
    let count = min(most, filled.count)
    let chosen = (0..<count).map { step in
      filled[count == 1 ? filled.count / 2 : step * (filled.count - 1) / (count - 1)]
    }
    let rows = (count + columns - 1) / columns
    var canvas = Canvas(
      width: columns * (side + gap) - gap, height: rows * (side + gap) - gap, colour: [24, 24, 24])
    // The patient's head is at the upper left.
    for (position, slice) in chosen.reversed().enumerated() {
      var panel = picture.draw(plane, slice: slice, side: side)
      panel.write("\(slice + 1)/\(plane.through.extent)", x: 4, y: 3, Canvas.grey)
      canvas.put(
        panel, x: position % columns * (side + gap), y: position / columns * (side + gap))
    }
    return canvas
  }

  /// Title above and legend below.
  private static func framed(
    _ slices: Canvas, title: String, note: String, statistics: [LabelStatistics],
    _ table: LabelTable
  ) -> Canvas {
    let line = Font.height + 5
    let entries = statistics.map { label in
      let volume = (label.volume * 10).rounded() / 10
      return (text: "\(label.name)  \(volume) ml", colour: table[label.value]?.rgb ?? Canvas.white)
    }
    let cell = (entries.map { Canvas.textWidth($0.text) }.max() ?? 0) + 34
    let columns = max(1, (slices.width - 8) / cell)
    let rows = (entries.count + columns - 1) / columns
    var canvas = Canvas(
      width: slices.width, height: slices.height + line + rows * line + 10, colour: [24, 24, 24])
    canvas.write(title, x: 6, y: 4)
    canvas.write(note, x: slices.width - Canvas.textWidth(note) - 6, y: 4, Canvas.grey)
    canvas.put(slices, x: 0, y: line + 2)
    for (index, entry) in entries.enumerated() {
      let x = 8 + index % columns * cell
      let y = slices.height + line + 8 + index / columns * line
      canvas.fill(x: x, y: y + 2, width: 10, height: 10, entry.colour)
      canvas.write(entry.text, x: x + 16, y: y)
    }
    return canvas
  }
}

extension NNXError.Code {
  package static let noLabels = NNXError.Code("no-labels", .negative)
}

/// Draws a picture of an image and its segmentation, both by their paths.
///
/// - Throws: what reading throws, and what `Preview` throws.
package func previewPicture(
  image: String, segmentation: String, options: Preview.Options
) throws(NNXError) -> Preview {
  try Preview(
    image: try readGreyImage(image), segmentation: try readNamedSegmentation(segmentation),
    title: segmentation.split(separator: "/").last.map(String.init) ?? segmentation,
    options: options)
}
