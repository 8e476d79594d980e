/// Distances between the surfaces of two sets of voxels, element by element, each with its area: what
/// `compute_surface_distances` of surface-distance gives.
///
/// Elements lie at the corners of voxels, so each axis has one place more than voxels.
struct WeightedSurfaces {
  private struct Element {
    /// mm.
    var distance: Double
    /// mm².
    var area: Double
  }

  /// Of the first to the second and back, sorted by distance.
  private let ways: [[Element]]

  /// - Parameters:
  ///   - first, second: whether each voxel belongs to the structure, C order; both have one.
  ///   - shape, spacing: along `(z, y, x)`.
  init(_ first: [Bool], _ second: [Bool], shape: [Int], spacing: [Double]) {
    let areas = SurfaceElements(spacing: spacing).areas
    let corners = shape.map { $0 + 1 }
    let codes = (Self.codes(first, shape), Self.codes(second, shape))
    func field(_ codes: [UInt8]) -> DistanceTransform {
      DistanceTransform(codes.map { $0 != 0 && $0 != 255 }, shape: corners, spacing: spacing)
    }
    func way(_ codes: [UInt8], _ field: DistanceTransform) -> [Element] {
      codes.indices.filter { codes[$0] != 0 && codes[$0] != 255 }.map {
        Element(distance: field.squares[$0].squareRoot(), area: areas[Int(codes[$0])])
      }.sorted { ($0.distance, $0.area) < ($1.distance, $1.area) }
    }
    let toFirst = way(codes.1, field(codes.0))
    ways = [way(codes.0, field(codes.1)), toFirst]
  }

  /// Which of the eight voxels around each corner belong, in the order of `SurfaceElements`.
  private static func codes(_ members: [Bool], _ shape: [Int]) -> [UInt8] {
    let (height, width) = (shape[1] + 1, shape[2] + 1)
    var codes = [UInt8](repeating: 0, count: (shape[0] + 1) * height * width)
    var index = 0
    for z in 0..<shape[0] {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          if members[index] {
            for corner in 0..<8 {
              let place =
                ((z + corner >> 2) * height + y + (corner >> 1 & 1)) * width + x + (corner & 1)
              // Seen from the corner the voxel lies on the other side.
              codes[place] |= 1 << UInt8(7 - corner)
            }
          }
          index += 1
        }
      }
    }
    return codes
  }

  private static func area(_ elements: some Sequence<Element>) -> Double {
    elements.reduce(0) { $0 + $1.area }
  }

  /// The larger of both ways' percentile, weighted by area (`compute_robust_hausdorff`); mm.
  func hausdorff(_ share: Double) -> Double {
    ways.map { way in
      let total = Self.area(way)
      var sum = 0.0
      for element in way {
        sum += element.area
        if sum / total >= share { return element.distance }
      }
      return way.last?.distance ?? .infinity
    }.max() ?? .infinity
  }

  /// The mean of both ways' mean, weighted by area; mm. `mean_surface_distance` of segmentationmetrics.
  var average: Double {
    ways.map { way in way.reduce(0) { $0 + $1.distance * $1.area } / Self.area(way) }
      .reduce(0, +) / 2
  }

  /// Share of both surfaces' area that lies within a tolerance of the other
  /// (`compute_surface_dice_at_tolerance`; NSD).
  ///
  /// - Parameter tolerance: mm.
  func dice(_ tolerance: Double) -> Double {
    let all = ways.joined()
    return Self.area(all.filter { $0.distance <= tolerance }) / Self.area(all)
  }
}
