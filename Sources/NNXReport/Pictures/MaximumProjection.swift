import NNXImage
import NNXTensor

/// The brightest voxel along each line through a volume, and which labels the line meets.
struct MaximumProjection {
  let plane: SlicePlane
  /// Of one slice: the volume's grid with a single step along the view.
  let image: Image
  /// For each label, by index in C order of the flat grid, whether the line meets it.
  private let meets: [Int: [Bool]]

  /// - Parameters:
  ///   - labels: on the grid of the image.
  ///   - values: the labels to follow.
  init(
    _ image: Image, _ labels: LabelMap, _ values: [Int], _ view: SliceView, threads: Threads = .all
  ) {
    let axis = SlicePlane(view, image.geometry).through.file
    let shape = image.geometry.shape
    var flat = image.geometry
    flat.shape[2 - axis] = 1
    let rows = ProjectedRow.all(image.voxels, labels, values, shape, along: axis, threads)
    var projected = image
    projected.geometry = flat
    projected.voxels = Tensor(flat.shape, rows.flatMap(\.brightest))
    self.image = projected
    plane = SlicePlane(view, flat)
    meets = Dictionary(
      uniqueKeysWithValues: values.enumerated().map { slot, value in
        (value, rows.flatMap { $0.meets[slot] })
      })
  }

  /// - Parameters:
  ///   - order: labels from the lowest layer to the highest.
  ///   - side: of the square picture, in pixels.
  func draw(_ order: [Int], _ table: LabelTable, window: GreyWindow, side: Int) -> Canvas {
    let frame = SliceFrame(plane, side: side)
    let empty = Segmentation(labels: LabelMap(image.geometry.shape, largestLabel: 0), like: image)
    var canvas = SlicePicture(image: image, segmentation: empty, window: window).grey(frame, 0)
    for label in order {
      guard let meets = meets[label] else { continue }
      let mask = frame.nearest {
        meets[plane.index(right: $0, down: $1, through: 0)] ? label : 0
      }
      frame.paint(mask, table, fill: 0.3, on: &canvas)
    }
    frame.marks.write(on: &canvas)
    return canvas
  }
}

/// A row of a projection: along x, or along y where the lines of sight run along x.
private struct ProjectedRow: Sendable {
  var brightest: [Float]
  /// By the slot of the label.
  var meets: [[Bool]]

  init(length: Int, labels: Int) {
    brightest = .init(repeating: -.infinity, count: length)
    meets = .init(repeating: .init(repeating: false, count: length), count: labels)
  }

  /// - Parameter axis: the file axis (0 is x) that the lines of sight run along.
  static func all(
    _ voxels: Tensor, _ map: LabelMap, _ values: [Int], _ shape: [Int], along axis: Int,
    _ threads: Threads
  ) -> [ProjectedRow] {
    let (depth, height, width) = (shape[0], shape[1], shape[2])
    var slots = [Int](repeating: -1, count: (values.max() ?? 0) + 1)
    for (slot, value) in values.enumerated() { slots[value] = slot }
    return threads.map(axis == 2 ? height : depth) { index in
      var row = ProjectedRow(length: axis == 0 ? height : width, labels: values.count)
      voxels.withSpan { span in
        for step in 0..<(axis == 2 ? depth : height) {
          let start = (axis == 2 ? step * height + index : index * height + step) * width
          for x in 0..<width {
            let place = axis == 0 ? step : x
            let value = span[start + x]
            if value > row.brightest[place] { row.brightest[place] = value }
            let label = map[start + x]
            if label > 0, label < slots.count, slots[label] >= 0 {
              row.meets[slots[label]][place] = true
            }
          }
        }
      }
      return row
    }
  }
}
