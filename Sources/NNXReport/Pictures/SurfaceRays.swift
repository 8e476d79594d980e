import NNXImage
import NNXTensor

/// What a ray found.
struct SurfaceHit: Sendable {
  /// Index of the pixel in the picture.
  var pixel: Int
  /// Away from the viewer, in mm.
  var depth: Float
  var colour: SIMD3<Float>
  /// 0...1.
  var opacity: Float
}

/// The rays of one picture through the field of one label.
struct SurfaceRays {
  private let field: SurfaceField
  private let body: SurfacePicture.Body
  private let isGlass: Bool
  private let side: Int
  /// In cells: where the ray of the upper left pixel starts, and the steps to the pixels right of it and
  /// below it, and 1 mm along the ray.
  private let start: SIMD3<Float>
  private let right: SIMD3<Float>
  private let down: SIMD3<Float>
  private let away: SIMD3<Float>
  /// The rows turn a gradient per cell into one per mm to the right, down and away.
  private let turn: [SIMD3<Float>]
  private let reach: Float

  /// The direction to the light: right, down, away. From the upper left, mostly from the viewer.
  private static let light = SIMD3<Float>(-0.37, -0.47, -0.80)

  /// - Parameters:
  ///   - centre: what lies in the middle of the picture, LPS in mm.
  ///   - reach: half of the longest extent of all that is drawn, in mm.
  ///   - pixel: side of a pixel in mm.
  init(
    field: SurfaceField, body: SurfacePicture.Body, isGlass: Bool, geometry: Geometry,
    viewpoint: Viewpoint, centre: SIMD3<Double>, reach: Double, side: Int, pixel: Double
  ) {
    self.field = field
    self.body = body
    self.isGlass = isGlass
    self.side = side
    self.reach = Float(reach)
    let spacing = geometry.fileSpacing
    /// Directions in mm to steps in cells; the direction matrix is orthonormal.
    func cells(_ vector: SIMD3<Double>) -> SIMD3<Float> {
      var result = SIMD3<Float>.zero
      for axis in 0..<3 {
        let along = (0..<3).reduce(0) { $0 + geometry.direction[3 * $1 + axis] * vector[$1] }
        result[axis] = Float(along / (spacing[axis] * Double(field.factors[axis])))
      }
      return result
    }
    let axes = viewpoint.axes
    let half = (Double(side) - 1) / 2 * pixel
    let corner =
      centre - axes.right * half - axes.down * half - axes.away * (3 * reach)
      - SurfacePicture.lps(field.first, geometry)
    start = cells(corner)
    right = cells(axes.right * pixel)
    down = cells(axes.down * pixel)
    away = cells(axes.away)
    turn = [axes.right, axes.down, axes.away].map(cells)
  }

  func hits(_ threads: Threads) -> [SurfaceHit] {
    threads.map(side) { y -> [SurfaceHit] in
      (0..<side).compactMap { x in
        let origin = start + right * Float(x) + down * Float(y)
        return depth(from: origin).map { shaded($0, at: origin + away * $0, pixel: y * side + x) }
      }
    }.flatMap { $0 }
  }

  /// Where a ray first passes the level, in mm from its origin; `nil` when it never does.
  private func depth(from origin: SIMD3<Float>) -> Float? {
    var (near, far) = (Float(0), Float.infinity)
    for axis in 0..<3 {
      let last = Float(field.extents[axis] - 1)
      guard abs(away[axis]) > 1e-6 else {
        guard origin[axis] >= 0, origin[axis] < last else { return nil }
        continue
      }
      let ends = [-origin[axis] / away[axis], (last - origin[axis]) / away[axis]]
      near = max(near, min(ends[0], ends[1]))
      far = min(far, max(ends[0], ends[1]))
    }
    let longest = max(abs(away.x), abs(away.y), abs(away.z))
    let step = 0.7 / longest
    var place = near + step / 2
    while place < far {
      let cell = origin + away * place
      if field.mayHold(cell), field.sample(cell) >= SurfaceField.level {
        var (outside, inside) = (max(near, place - step), place)
        for _ in 0..<6 {
          let middle = (outside + inside) / 2
          if field.sample(origin + away * middle) >= SurfaceField.level {
            inside = middle
          } else {
            outside = middle
          }
        }
        return inside
      }
      place += step
    }
    return nil
  }

  private func shaded(_ depth: Float, at cell: SIMD3<Float>, pixel: Int) -> SurfaceHit {
    let gradient = field.gradient(cell)
    // Outwards, as the viewer sees it: right, down, away.
    var normal = SIMD3<Float>(
      -(turn[0] * gradient).sum(), -(turn[1] * gradient).sum(), -(turn[2] * gradient).sum())
    let length = (normal * normal).sum().squareRoot()
    normal = length > 0 ? normal / length : SIMD3(0, 0, -1)
    let diffuse = max(0, (normal * SurfaceRays.light).sum())
    // Blinn's half vector between the light and the viewer at (0, 0, -1).
    let half = SurfaceRays.light + SIMD3(0, 0, -1)
    let shine = max(0, (normal * half).sum() / (half * half).sum().squareRoot())
    var gloss = shine * shine
    gloss *= gloss
    gloss *= gloss
    gloss *= gloss
    // What is farther away is darker.
    let fog = 1 - 0.3 * min(1, max(0, (depth - 2 * reach) / (2 * reach)))
    let colour = (body.colour * (0.25 + 0.75 * diffuse) + SIMD3(repeating: 45) * gloss) * fog
    let facing = min(1, max(0, -normal.z))
    let opacity = isGlass ? 0.25 + 0.55 * (1 - facing) * (1 - facing) : 1
    return SurfaceHit(pixel: pixel, depth: depth, colour: colour, opacity: opacity)
  }
}
