import NNXImage
import NNXSystem

/// A picture to check a segmentation by.
package struct Preview: Sendable {
  package enum Layout: String, CaseIterable, Sendable {
    /// Three planes through each structure, where it is largest.
    case planes
    /// Axial slices from the lowest to the highest with a label.
    case mosaic
    /// The brightest voxels along lines from the front and from the side, labels over them.
    case projection
    /// The surfaces of the labels from the front, from the left and from behind.
    case surface
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
    try segmentation.checkGrid(of: image)
    let histogram = segmentation.labels.histogram
    let voxel = segmentation.geometry.spacing.reduce(1, *) / 1000
    let drawn = segmentation.table.entries.filter {
      histogram.indices.contains($0.value) && histogram[$0.value] > 0
        && (options.labels.isEmpty || options.labels.contains($0.value))
    }.map { DrawnLabel(entry: $0, volume: Double(histogram[$0.value]) * voxel) }
    guard !drawn.isEmpty else {
      throw NNXError(
        .noLabels, "there is nothing to draw: no label has a voxel",
        fixes: ["Check the segmentation with: nnx stats"])
    }
    let isFlat = segmentation.geometry.shape.contains(1)
    guard options.layout == .planes || options.layout == .mosaic || !isFlat else {
      throw NNXError(
        .usage, "a single slice has no \(options.layout.rawValue)",
        fixes: ["Draw it with: --layout planes"])
    }
    let shown = Array(drawn.prefix(options.layout == .planes ? Preview.mostRows : drawn.count))
    leftOut = drawn.dropFirst(shown.count).map(\.entry.name)
    var visible = segmentation
    if !options.labels.isEmpty {
      visible.labels = Preview.only(Set(options.labels), of: segmentation.labels)
    }
    let (panels, note) = Preview.panels(image, visible, shown, options)
    let canvas = Preview.framed(panels, title: title, note: note, labels: shown)
    (png, width, height) = (canvas.png, canvas.width, canvas.height)
  }

  /// What is drawn between title and legend, and how its grey levels are to be read.
  private static func panels(
    _ image: Image, _ visible: Segmentation, _ shown: [DrawnLabel], _ options: Options
  ) -> (Canvas, note: String) {
    let window = options.window ?? GreyWindow(for: image)
    let picture = SlicePicture(image: image, segmentation: visible, window: window)
    switch options.layout {
    case .planes: return (planes(picture, shown, options.side), window.text)
    case .mosaic: return (mosaic(picture, options.side), window.text)
    case .projection:
      let projections = [SliceView.coronal, .sagittal].map {
        MaximumProjection(image, visible.labels, shown.map(\.entry.value), $0)
      }
      let window = options.window ?? GreyWindow(forProjections: projections.map(\.image), of: image)
      // Small labels lie on large ones.
      let order = shown.sorted { $0.volume > $1.volume }.map(\.entry.value)
      let side = options.side * 3 / 2
      return (
        row(projections.map { $0.draw(order, visible.table, window: window, side: side) }),
        "maximum, \(window.text)"
      )
    case .surface:
      let surfaces = SurfacePicture(visible, labels: shown.map(\.entry.value))
      return (row(surfaces.draw(Viewpoint.all, side: options.side * 3 / 2)), "")
    }
  }

  /// Pictures of one height side by side.
  private static func row(_ pictures: [Canvas]) -> Canvas {
    var canvas = Canvas(
      width: pictures.reduce(-gap) { $0 + $1.width + gap }, height: pictures[0].height,
      colour: [24, 24, 24])
    var x = 0
    for picture in pictures {
      canvas.put(picture, x: x, y: 0)
      x += picture.width + gap
    }
    return canvas
  }

  private static func only(_ wanted: Set<Int>, of map: LabelMap) -> LabelMap {
    let result = LabelMap(map.shape, largestLabel: map.isWide ? 65535 : 254)
    for index in 0..<map.count where wanted.contains(map[index]) { result[index] = map[index] }
    return result
  }

  private static func planes(
    _ picture: SlicePicture, _ labels: [DrawnLabel], _ side: Int
  ) -> Canvas {
    let planes = SliceView.allCases.map { SlicePlane($0, picture.image.geometry) }
    let counts = SliceCounts(picture.segmentation.labels).counts
    var canvas = Canvas(
      width: 3 * side + 2 * gap, height: labels.count * (side + gap) - gap, colour: [24, 24, 24])
    for (row, label) in labels.enumerated() {
      for (column, plane) in planes.enumerated() {
        let slice = plane.fullestSlice(counts[label.entry.value])
        var panel = picture.draw(plane, slice: slice, side: side)
        if column == 0 { panel.write(label.entry.name, x: 4, y: 3, label.entry.rgb) }
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
    _ slices: Canvas, title: String, note: String, labels: [DrawnLabel]
  ) -> Canvas {
    let line = Font.height + 5
    let room = (slices.width - Canvas.textWidth(note) - 24) / Font.width
    let title = title.count > room ? title.prefix(max(room - 3, 8)) + "..." : title
    let entries = labels.map { label in
      let volume = (label.volume * 10).rounded() / 10
      return (text: "\(label.entry.name)  \(volume) ml", colour: label.entry.rgb)
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

/// A label with voxels.
private struct DrawnLabel {
  let entry: LabelTable.Entry
  /// ml.
  let volume: Double
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
