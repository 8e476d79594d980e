import NNXImage
import NNXTensor

/// Draws the surfaces of labels, lit from the upper left, in parallel projection and true to mm.
///
/// For each pixel and label a ray finds where the label's field first passes its level (M. Levoy,
/// Display of Surfaces from Volume Data, IEEE CG&A 8(3), 1988, has the gradient as the normal). A label
/// whose box holds the box of a smaller one is drawn as glass, so that a lesion is seen in its organ.
struct SurfacePicture {
  /// A label, its voxels and how it looks.
  struct Body {
    let label: Int
    let voxels: Int
    let box: [ClosedRange<Int>]
    let colour: SIMD3<Float>
  }

  private let segmentation: Segmentation
  private let bodies: [Body]
  private let threads: Threads
  /// The middle of all boxes, LPS in mm, and half of their extents along L, P and S.
  private let centre: SIMD3<Double>
  private let reach: SIMD3<Double>

  /// Pixels are drawn this many times finer along both axes, then averaged.
  private static let fineness = 2
  static let background: [Int] = [14, 16, 20]

  /// - Parameter labels: to draw; each with at least one voxel.
  init(_ segmentation: Segmentation, labels: [Int], threads: Threads = .all) {
    self.segmentation = segmentation
    self.threads = threads
    let parts = LabelTally(segmentation.labels).parts
    bodies = labels.compactMap { label in
      guard let part = parts[label] else { return nil }
      let rgb = segmentation.table[label]?.rgb ?? LabelTable.colour(of: label)
      return Body(
        label: label, voxels: part.count, box: part.box,
        colour: SIMD3(Float(rgb[0]), Float(rgb[1]), Float(rgb[2])))
    }
    var lower = SIMD3<Double>(repeating: .infinity)
    var upper = -lower
    for body in bodies {
      for corner in 0..<8 {
        let index = (0..<3).map { axis in
          corner >> axis & 1 == 0
            ? Double(body.box[axis].lowerBound) - 0.5 : Double(body.box[axis].upperBound) + 0.5
        }
        let place = SurfacePicture.lps(index, segmentation.geometry)
        lower = pointwiseMin(lower, place)
        upper = pointwiseMax(upper, place)
      }
    }
    centre = (lower + upper) / 2
    reach = (upper - lower) / 2
  }

  /// - Parameters:
  ///   - side: of each square picture, in pixels.
  ///   - isMarked: whether letters and the scale bar are drawn.
  /// - Returns: one picture for each viewpoint, all at one scale.
  func draw(_ viewpoints: [Viewpoint], side: Int, isMarked: Bool = true) -> [Canvas] {
    let longest = 2 * reach.max()
    let pixel = longest / (0.86 * Double(side))
    var hits = [[SurfaceHit]](repeating: [], count: viewpoints.count)
    for body in bodies {
      let field = SurfaceField(
        body.label, body.box, segmentation.labels, segmentation.geometry.fileSpacing,
        cell: max(pixel, longest / 220), threads)
      for (index, viewpoint) in viewpoints.enumerated() {
        let rays = SurfaceRays(
          field: field, body: body, isGlass: isGlass(body), geometry: segmentation.geometry,
          viewpoint: viewpoint, centre: centre, reach: reach.max(),
          side: side * SurfacePicture.fineness, pixel: pixel / Double(SurfacePicture.fineness))
        hits[index] += rays.hits(threads)
      }
    }
    // Captions go below the letter at the upper side, where pictures are too narrow for both.
    let widest = viewpoints.map { Canvas.textWidth($0.name) }.max() ?? 0
    let isNarrow = 4 + widest + Font.width > side / 2
    return zip(viewpoints, hits).map { viewpoint, hits in
      var canvas = SurfacePicture.composed(hits, side: side)
      if isMarked {
        PictureMarks(right: viewpoint.right, down: viewpoint.down, pixel: pixel).write(on: &canvas)
        canvas.write(viewpoint.name, x: 4, y: isNarrow ? Font.height + 5 : 3, Canvas.grey)
      }
      return canvas
    }
  }

  private func isGlass(_ body: Body) -> Bool {
    bodies.contains { other in
      other.voxels < body.voxels
        && (0..<3).allSatisfy {
          body.box[$0].lowerBound <= other.box[$0].lowerBound
            && body.box[$0].upperBound >= other.box[$0].upperBound
        }
    }
  }

  /// Mixes the hits of each fine pixel from the nearest to the farthest, and averages fine pixels.
  private static func composed(_ hits: [SurfaceHit], side: Int) -> Canvas {
    let fine = side * fineness
    let ground = SIMD3<Float>(
      Float(background[0]), Float(background[1]), Float(background[2]))
    var light = [SIMD3<Float>](repeating: .zero, count: fine * fine)
    var clear = [Float](repeating: 1, count: fine * fine)
    for hit in hits.sorted(by: { ($0.depth, $0.pixel) < ($1.depth, $1.pixel) }) {
      light[hit.pixel] += hit.colour * (clear[hit.pixel] * hit.opacity)
      clear[hit.pixel] *= 1 - hit.opacity
    }
    var canvas = Canvas(width: side, height: side)
    for y in 0..<side {
      for x in 0..<side {
        var sum = SIMD3<Float>.zero
        for dy in 0..<fineness {
          for dx in 0..<fineness {
            let index = (y * fineness + dy) * fine + x * fineness + dx
            sum += light[index] + ground * clear[index]
          }
        }
        let mean = sum / Float(fineness * fineness)
        canvas.set(x, y, (0..<3).map { min(255, Int(mean[$0].rounded())) })
      }
    }
    return canvas
  }

  /// Where a voxel index `(x, y, z)` lies, LPS in mm.
  static func lps(_ index: [Double], _ geometry: Geometry) -> SIMD3<Double> {
    var place = SIMD3<Double>.zero
    for row in 0..<3 {
      place[row] = (0..<3).reduce(geometry.origin[row]) {
        $0 + geometry.direction[3 * row + $1] * index[$1] * geometry.fileSpacing[$1]
      }
    }
    return place
  }
}
