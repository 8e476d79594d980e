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
    let frame = SliceFrame(plane, side: side)
    var canvas = grey(frame, slice)
    let labels = frame.nearest {
      segmentation.labels[plane.index(right: $0, down: $1, through: slice)]
    }
    frame.paint(labels, segmentation.table, fill: SlicePicture.fill, on: &canvas)
    if isMarked { frame.marks.write(on: &canvas) }
    return canvas
  }

  /// The slice without labels.
  func grey(_ frame: SliceFrame, _ slice: Int) -> Canvas {
    var canvas = Canvas(width: frame.side, height: frame.side)
    for y in 0..<frame.height {
      for x in 0..<frame.width {
        let grey = window.grey(interpolated(frame.plane, slice, frame.place(x, y)))
        canvas.set(frame.left + x, frame.top + y, [grey, grey, grey])
      }
    }
    return canvas
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
}
