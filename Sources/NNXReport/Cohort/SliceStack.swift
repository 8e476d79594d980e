import NNXImage

/// Slices of a case to scroll through. Grey levels and labels are pictures of their own, so that a page can show the
/// image without the labels; in both the slices are squares below each other.
struct SliceStack {
  let view: SliceView
  /// Steps along the view's direction, rising.
  let slices: [Int]
  /// How many slices the image has along that direction.
  let extent: Int
  /// Which of `slices` has most that is labelled.
  let fullest: Int
  /// Side of a pixel in mm.
  let pixel: Double
  let grey: [UInt8]
  /// With transparency: 0 where nothing is labelled.
  let overlay: [UInt8]

  /// In the plane that the image was acquired in, as far as spacings tell: axial where they tell nothing. Slices
  /// are spread evenly over what is labelled and a tenth beyond it.
  ///
  /// - Parameters:
  ///   - counts: of all labels, by file axis; `nil` where nothing is labelled.
  ///   - most: slices.
  ///   - side: of each in pixels.
  /// - Returns: `nil` where there is nothing to scroll.
  init?(_ picture: SlicePicture, _ counts: [[Int]]?, most: Int, side: Int) {
    let geometry = picture.segmentation.geometry
    guard most > 1, !geometry.shape.contains(1) else { return nil }
    let planes = SliceView.allCases.map { SlicePlane($0, geometry) }
    let thickest = planes.map(\.through.spacing).max() ?? 0
    guard let plane = planes.first(where: { $0.through.spacing >= thickest * 0.99 }) else {
      return nil
    }
    let fullest = plane.fullestSlice(counts)
    let slices = Self.spread(
      plane.filledSlices(counts.map { [$0[plane.through.file]] } ?? []),
      within: plane.through.extent, most, through: fullest)
    let frame = SliceFrame(plane, side: side)
    var (grey, overlay): ([UInt8], [UInt8]) = ([], [])
    grey.reserveCapacity(slices.count * side * side)
    overlay.reserveCapacity(4 * slices.count * side * side)
    for slice in slices {
      let pixels = picture.grey(frame, slice).pixels
      grey += stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
      overlay += Self.overlay(picture.segmentation, frame, slice)
    }
    let height = side * slices.count
    self.grey = pngBytes(grey, width: side, height: height, channels: 1, bits: 8)
    self.overlay = pngBytes(overlay, width: side, height: height, channels: 4, bits: 8)
    (view, self.slices, extent) = (plane.view, slices, plane.through.extent)
    self.fullest = slices.firstIndex(of: fullest) ?? 0
    pixel = frame.pixel
  }

  /// At most so many steps, the one that matters most among them.
  static func spread(_ filled: [Int], within extent: Int, _ most: Int, through fullest: Int)
    -> [Int]
  {
    let (low, high) = (filled.first ?? 0, filled.last ?? extent - 1)
    let beyond = max(1, (high - low) / 10)
    let (first, last) = (max(0, low - beyond), min(extent - 1, high + beyond))
    let count = min(most, last - first + 1)
    guard count > 1 else { return [fullest] }
    var steps = (0..<count).map { first + ($0 * (last - first) + (count - 1) / 2) / (count - 1) }
    if let near = steps.indices.min(by: { abs(steps[$0] - fullest) < abs(steps[$1] - fullest) }) {
      steps[near] = fullest
    }
    return steps
  }

  /// The labels of a slice as `SliceFrame.paint` has them, RGB and alpha.
  private static func overlay(
    _ segmentation: Segmentation, _ frame: SliceFrame, _ slice: Int
  ) -> [UInt8] {
    let labels = frame.nearest {
      segmentation.labels[frame.plane.index(right: $0, down: $1, through: slice)]
    }
    var colours: [Int: [Int]] = [:]
    var pixels = [UInt8](repeating: 0, count: 4 * frame.side * frame.side)
    for y in 0..<frame.height {
      for x in 0..<frame.width {
        let label = labels[y * frame.width + x]
        guard label > 0 else { continue }
        let colour =
          colours[label] ?? segmentation.table[label]?.rgb ?? LabelTable.colour(of: label)
        colours[label] = colour
        let start = 4 * ((frame.top + y) * frame.side + frame.left + x)
        for channel in 0..<3 { pixels[start + channel] = UInt8(clamping: colour[channel]) }
        let share = frame.isEdge(x, y, in: labels) ? 1 : SlicePicture.fill
        pixels[start + 3] = UInt8((255 * share).rounded())
      }
    }
    return pixels
  }
}
