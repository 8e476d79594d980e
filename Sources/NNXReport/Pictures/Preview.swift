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
    /// Only these are drawn, by number or name; all when empty.
    package var labels: [String]
    /// Side of one slice in pixels.
    package var side: Int

    package init(
      layout: Layout = .planes, window: GreyWindow? = nil, labels: [String] = [], side: Int = 280
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
  /// Structures with voxels that have no row of their own, or no surface, because there are too many.
  package let leftOut: [String]
  /// Labels and regions without a voxel.
  package let notFound: [String]
  /// What a person should know of the picture, one line each.
  package let notes: [String]

  /// More rows than these make a picture that nobody scrolls through: those of one column, and of two.
  private static let rowsOfColumn = 8
  private static let mostRows = 16
  /// More surfaces than this hide each other.
  private static let mostSurfaces = 255
  static let gap = 4

  /// - Parameters:
  ///   - segmentation: with a table that names its labels, on the grid of the image; `nil`, or one without a
  ///     voxel: the image is drawn alone.
  ///   - title: a line above the picture.
  /// - Throws: `geometry` when image and segmentation lie on different grids; `no-labels` when nothing of
  ///   what was asked for is there.
  package init(
    image: Image, segmentation: Segmentation?, title: String, options: Options = .init()
  ) throws(NNXError) {
    if let segmentation { try segmentation.checkGrid(of: image) }
    var visible =
      segmentation
      ?? Segmentation(labels: LabelMap(image.geometry.shape, largestLabel: 0), like: image)
    let isFlat = visible.geometry.shape.contains(1)
    guard options.layout == .planes || options.layout == .mosaic || !isFlat else {
      throw NNXError(
        .usage, "a single slice has no \(options.layout.rawValue)",
        fixes: ["Draw it with: --layout planes"])
    }
    let wanted = try Preview.wanted(options.labels, of: visible)
    let drawn = wanted.filter { $0.volume > 0 }
    notFound = wanted.filter { $0.volume == 0 && $0.structure.kind != .part }.map(\.structure.name)
    var notes = [visible.doubt(title)].compactMap(\.self)
    var options = options
    if options.layout == .surface, !notes.isEmpty {
      options.layout = .planes
      notes.append("so many surfaces are not drawn; planes are")
    }
    if !options.labels.isEmpty {
      let values = Set(drawn.flatMap(\.structure.values))
      visible.labels = Preview.only(values, of: visible.labels)
    }
    let rows = Preview.rows(drawn, options)
    leftOut = rows.leftOut
    if !rows.leftOut.isEmpty {
      let what = options.layout == .surface ? "surface" : "row"
      notes.append(
        "without a \(what) of their own: \(shortList(rows.leftOut)); choose with --label")
    }
    if !notFound.isEmpty { notes.append("not found: \(shortList(notFound))") }
    if segmentation != nil, drawn.isEmpty {
      notes.append("no label has a voxel; the image is drawn alone")
    }
    let window = options.window ?? GreyWindow(for: image)
    let (ground, strange) = image.withoutNonFinite()
    if strange > 0 { notes.append(notFiniteNote(strange)) }
    if let note = visible.geometry.misplacement(of: image.geometry, (title, "the image")) {
      notes.append(note)
    }
    let (panels, note) = Preview.panels(
      SlicePicture(image: ground, segmentation: visible, window: window), rows.shown, options)
    let frame = PreviewFrame(
      title: title, note: note,
      labels: options.layout == .planes && !options.labels.isEmpty ? rows.shown : drawn,
      notFound: segmentation == nil ? [] : notFound)
    let canvas = frame.around(panels)
    (png, width, height) = (canvas.png, canvas.width, canvas.height)
    self.notes = notes
  }

  /// What is to be drawn, with volumes.
  ///
  /// - Throws: `no-labels` when a label is asked for that there is not, or none of them has a voxel.
  private static func wanted(
    _ labels: [String], of segmentation: Segmentation
  ) throws(NNXError) -> [DrawnLabel] {
    let histogram = segmentation.labels.histogram
    let voxel = segmentation.geometry.voxelVolume / 1000
    func drawn(_ structure: LabelTable.Structure) -> DrawnLabel {
      let count = structure.values.reduce(0) {
        $0 + (histogram.indices.contains($1) ? histogram[$1] : 0)
      }
      return DrawnLabel(structure: structure, volume: Double(count) * voxel)
    }
    let structures = segmentation.table.structures
    guard !labels.isEmpty else { return structures.map(drawn) }
    let chosen = try labels.map { (text) throws(NNXError) in
      guard let found = structures.named(text) else {
        throw NNXError(
          .noLabels, "there is no label '\(text)'",
          details: ["there are " + shortList(structures.map { "\($0.valueText) \($0.name)" })])
      }
      return drawn(found)
    }
    guard chosen.contains(where: { $0.volume > 0 }) else {
      throw NNXError(
        .noLabels,
        "there is nothing to draw: \(labels.joined(separator: ", ")) has no voxel",
        fixes: ["See what there is with: nnx stats"])
    }
    return chosen
  }

  /// What has a row or a surface of its own, in the order of the table: the largest, where there are too
  /// many. Parts of regions have theirs only when they are asked for, or as surfaces.
  private static func rows(
    _ drawn: [DrawnLabel], _ options: Options
  ) -> (shown: [DrawnLabel], leftOut: [String]) {
    let candidates = drawn.filter { label in
      switch options.layout {
      case .planes: label.structure.kind != .part || !options.labels.isEmpty
      case .mosaic, .projection, .surface: label.structure.value != nil
      }
    }
    let most = options.layout == .planes ? mostRows : mostSurfaces
    guard candidates.count > most else { return (candidates, []) }
    let order = candidates.indices.sorted { candidates[$0].volume > candidates[$1].volume }
    let chosen = Set(order.prefix(most))
    return (
      candidates.indices.filter { chosen.contains($0) }.map { candidates[$0] },
      options.layout == .mosaic
        ? [] : order.dropFirst(most).map { candidates[$0].structure.name }
    )
  }

  /// The labels whose surfaces are drawn: the largest, where there are too many.
  static func surfaces(of map: LabelMap) -> [Int] {
    let counts = map.histogram
    return counts.indices.dropFirst().filter { counts[$0] > 0 }
      .sorted { counts[$0] > counts[$1] }.prefix(mostSurfaces).sorted()
  }

  /// What is drawn between title and legend, and how its grey levels are to be read.
  private static func panels(
    _ picture: SlicePicture, _ shown: [DrawnLabel], _ options: Options
  ) -> (Canvas, note: String) {
    let (image, visible) = (picture.image, picture.segmentation)
    var values = shown.compactMap(\.structure.value)
    if !options.labels.isEmpty { values = Set(shown.flatMap(\.structure.values)).sorted() }
    switch options.layout {
    case .mosaic: return (mosaic(picture, options.side), picture.window.text)
    case .projection:
      let projections = [SliceView.coronal, .sagittal].map {
        MaximumProjection(image, visible.labels, values, $0)
      }
      let window = options.window ?? GreyWindow(forProjections: projections.map(\.image), of: image)
      // Small labels lie on large ones.
      let counts = visible.labels.histogram
      let order = values.filter { $0 < counts.count }.sorted { counts[$0] > counts[$1] }
      let side = options.side * 3 / 2
      return (
        row(projections.map { $0.draw(order, visible.table, window: window, side: side) }),
        "maximum, \(window.text)"
      )
    case .surface where !values.isEmpty:
      let surfaces = SurfacePicture(visible, labels: values)
      return (row(surfaces.draw(Viewpoint.all, side: options.side * 3 / 2)), "")
    case .planes, .surface: return (planes(picture, shown, options.side), picture.window.text)
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

  /// A row of three planes for each structure, where it is largest; through the middle without one.
  private static func planes(
    _ picture: SlicePicture, _ labels: [DrawnLabel], _ side: Int
  ) -> Canvas {
    let planes = SliceView.allCases.map { SlicePlane($0, picture.image.geometry) }
    let counts = SliceCounts.of(labels.map(\.structure.values), in: picture.segmentation.labels)
    let rows = max(labels.count, 1)
    let columns = rows > rowsOfColumn ? 2 : 1
    let height = (rows + columns - 1) / columns
    let width = 3 * side + 2 * gap
    var canvas = Canvas(
      width: columns * (width + 3 * gap) - 3 * gap, height: height * (side + gap) - gap,
      colour: [24, 24, 24])
    for row in 0..<rows {
      let label = row < labels.count ? labels[row] : nil
      for (column, plane) in planes.enumerated() {
        let slice = plane.fullestSlice(label == nil ? nil : counts[row])
        var panel = picture.draw(plane, slice: slice, side: side)
        if column == 0, let label {
          panel.write(label.structure.name, x: 4, y: 3, label.structure.colours[0])
        }
        let text = "\(slice + 1)/\(plane.through.extent)"
        panel.write(
          text, x: side - Canvas.textWidth(text) - 4, y: side - Font.height - 3, Canvas.grey)
        canvas.put(
          panel, x: row / height * (width + 3 * gap) + column * (side + gap),
          y: row % height * (side + gap))
      }
    }
    return canvas
  }

  private static func mosaic(_ picture: SlicePicture, _ side: Int) -> Canvas {
    let plane = SlicePlane(.axial, picture.image.geometry)
    let counts = SliceCounts.all(in: picture.segmentation.labels)
    let filled =
      counts.map { plane.filledSlices([$0[plane.through.file]]) } ?? Array(0..<plane.through.extent)
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
}

/// A structure with its volume.
struct DrawnLabel {
  let structure: LabelTable.Structure
  /// ml.
  let volume: Double
}

extension NNXError.Code {
  static let noLabels = NNXError.Code("no-labels", .negative)
}

/// Draws a picture of an image and its segmentation, both by their paths.
///
/// - Parameters:
///   - segmentation: `nil` for the image alone.
///   - series: how DICOM is read; `nil`: in the order in which the labels lie.
/// - Throws: what reading throws, and what `Preview` throws.
package func previewPicture(
  image: String, segmentation: String?, options: Preview.Options, series: SeriesReading? = nil
) throws(NNXError) -> Preview {
  var labels: Segmentation?
  if let segmentation { labels = try readNamedSegmentation(segmentation) }
  let ground = try readGreyImage(image, under: labels, series: series)
  return try Preview(
    image: ground, segmentation: labels?.completed(to: ground.geometry, ground.header),
    title: lastComponent(segmentation ?? image), options: options)
}
