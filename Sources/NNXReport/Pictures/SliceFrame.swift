import NNXImage
import NNXSystem

/// Where a slice lies in a square picture: in the middle, as large as fits, true to mm.
struct SliceFrame {
  let plane: SlicePlane
  /// Side of the picture in pixels.
  let side: Int
  /// Side of a pixel in mm.
  let pixel: Double
  /// The slice in the picture, in pixels.
  let left: Int
  let top: Int
  let width: Int
  let height: Int

  init(_ plane: SlicePlane, side: Int) {
    self.plane = plane
    self.side = side
    pixel = max(plane.size.width, plane.size.height) / Double(side)
    width = max(1, Int(saturating: (plane.size.width / pixel).rounded()))
    height = max(1, Int(saturating: (plane.size.height / pixel).rounded()))
    (left, top) = ((side - width) / 2, (side - height) / 2)
  }

  var marks: PictureMarks {
    PictureMarks(right: plane.view.codes.right, down: plane.view.codes.down, pixel: pixel)
  }

  /// Where the centre of a pixel of the slice lies, in steps along the view's axes.
  func place(_ x: Int, _ y: Int) -> (right: Double, down: Double) {
    (
      (Double(x) + 0.5) * pixel / plane.right.spacing - 0.5,
      (Double(y) + 0.5) * pixel / plane.down.spacing - 0.5
    )
  }

  /// A value for each pixel of the slice, taken from the nearest voxel.
  func nearest<Value>(_ value: (_ right: Int, _ down: Int) -> Value) -> [Value] {
    func clamped(_ place: Double, _ extent: Int) -> Int {
      min(max(Int(saturating: place.rounded()), 0), extent - 1)
    }
    var values: [Value] = []
    values.reserveCapacity(width * height)
    for y in 0..<height {
      for x in 0..<width {
        let place = place(x, y)
        values.append(
          value(clamped(place.right, plane.right.extent), clamped(place.down, plane.down.extent)))
      }
    }
    return values
  }

  /// Fills labels lightly and covers the pixels at their edges.
  ///
  /// - Parameters:
  ///   - labels: one for each pixel of the slice; 0 is left as it is.
  ///   - fill: share of the colour inside.
  func paint(_ labels: [Int], _ table: LabelTable, fill: Double, on canvas: inout Canvas) {
    for y in 0..<height {
      for x in 0..<width {
        let label = labels[y * width + x]
        guard label > 0 else { continue }
        let colour = table[label]?.rgb ?? LabelTable.colour(of: label)
        canvas.set(left + x, top + y, colour, share: isEdge(x, y, in: labels) ? 1 : fill)
      }
    }
  }

  /// Whether a pixel of the slice has a neighbour with another label.
  func isEdge(_ x: Int, _ y: Int, in labels: [Int]) -> Bool {
    let label = labels[y * width + x]
    return [(-1, 0), (1, 0), (0, -1), (0, 1)].contains { dx, dy in
      let (nx, ny) = (x + dx, y + dy)
      return nx < 0 || ny < 0 || nx >= width || ny >= height || labels[ny * width + nx] != label
    }
  }
}
