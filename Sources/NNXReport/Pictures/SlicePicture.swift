import NNXImage
import NNXTensor

/// Draws one slice: grey image, filled and outlined labels, letters of the directions, a scale bar.
struct SlicePicture {
  let image: Image
  let segmentation: Segmentation
  let window: GreyWindow

  static let fill = 0.35

  /// - Parameters:
  ///   - side: of the square picture, in pixels.
  ///   - isMarked: whether letters and the scale bar are drawn.
  func draw(_ plane: SlicePlane, slice: Int, side: Int, isMarked: Bool = true) -> Canvas {
    var canvas = Canvas(width: side, height: side)
    let (width, height) = plane.size
    let pixel = max(width, height) / Double(side)
    // The slice in the middle of the square, in pixels.
    let (drawnWidth, drawnHeight) = (
      max(1, Int((width / pixel).rounded())), max(1, Int((height / pixel).rounded()))
    )
    let (left, top) = ((side - drawnWidth) / 2, (side - drawnHeight) / 2)
    var labels = [Int](repeating: 0, count: drawnWidth * drawnHeight)
    for y in 0..<drawnHeight {
      for x in 0..<drawnWidth {
        let place = (
          (Double(x) + 0.5) * pixel / plane.right.spacing - 0.5,
          (Double(y) + 0.5) * pixel / plane.down.spacing - 0.5
        )
        let grey = window.grey(interpolated(plane, slice, place))
        canvas.set(left + x, top + y, [grey, grey, grey])
        labels[y * drawnWidth + x] =
          segmentation.labels[
            plane.index(
              right: clamped(place.0, plane.right.extent),
              down: clamped(place.1, plane.down.extent), through: slice)]
      }
    }
    paint(labels, drawnWidth, drawnHeight, left, top, on: &canvas)
    if isMarked { write(plane, pixel, side, on: &canvas) }
    return canvas
  }

  private func clamped(_ place: Double, _ extent: Int) -> Int {
    min(max(Int(place.rounded()), 0), extent - 1)
  }

  /// Bilinear between the four nearest voxels of the slice.
  private func interpolated(
    _ plane: SlicePlane, _ slice: Int, _ place: (Double, Double)
  ) -> Float {
    func ends(_ value: Double, _ extent: Int) -> (Int, Int, Float) {
      let inside = min(max(value, 0), Double(extent - 1))
      let below = Int(inside)
      return (below, min(below + 1, extent - 1), Float(inside - Double(below)))
    }
    let (x0, x1, fx) = ends(place.0, plane.right.extent)
    let (y0, y1, fy) = ends(place.1, plane.down.extent)
    return image.voxels.withSpan { voxels in
      func value(_ x: Int, _ y: Int) -> Float {
        voxels[plane.index(right: x, down: y, through: slice)]
      }
      let upper = value(x0, y0) * (1 - fx) + value(x1, y0) * fx
      let lower = value(x0, y1) * (1 - fx) + value(x1, y1) * fx
      return upper * (1 - fy) + lower * fy
    }
  }

  /// Labels are filled lightly; pixels at their edges are covered.
  private func paint(
    _ labels: [Int], _ width: Int, _ height: Int, _ left: Int, _ top: Int, on canvas: inout Canvas
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let label = labels[y * width + x]
        guard label > 0 else { continue }
        let isEdge = [(-1, 0), (1, 0), (0, -1), (0, 1)].contains { dx, dy in
          let (nx, ny) = (x + dx, y + dy)
          return nx < 0 || ny < 0 || nx >= width || ny >= height
            || labels[ny * width + nx] != label
        }
        let colour = segmentation.table[label]?.rgb ?? LabelTable.colour(of: label)
        canvas.set(left + x, top + y, colour, share: isEdge ? 1 : SlicePicture.fill)
      }
    }
  }

  /// Directions at the four sides, and a bar of a round length at the lower left.
  private func write(_ plane: SlicePlane, _ pixel: Double, _ side: Int, on canvas: inout Canvas) {
    let codes = plane.view.codes
    let middle = side / 2
    canvas.write(String(opposite(codes.right)), x: 3, y: middle - 6)
    canvas.write(String(codes.right), x: side - Font.width - 3, y: middle - 6)
    canvas.write(String(opposite(codes.down)), x: middle - 3, y: 2)
    canvas.write(String(codes.down), x: middle - 3, y: side - Font.height - 2)
    let lengths = [1.0, 2, 5, 10, 20, 50, 100, 200, 500]
    let length = lengths.last { $0 / pixel <= Double(side) / 4 } ?? lengths[0]
    let bar = min(Int((length / pixel).rounded()), side - 12)
    canvas.fill(x: 5, y: side - 10, width: bar + 2, height: 4, [0, 0, 0])
    canvas.fill(x: 6, y: side - 9, width: bar, height: 2, Canvas.white)
    canvas.write("\(Int(length)) mm", x: 6, y: side - 10 - Font.height)
  }
}
