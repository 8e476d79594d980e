import NNXImage

/// One structure of two label maps, cut to the box that holds both.
struct SurfacePair {
  private var first: [Bool] = []
  private var second: [Bool] = []
  /// Of the box, `(z, y, x)`.
  private let shape: [Int]

  /// - Parameter box: around the voxels of both, `(z, y, x)`.
  init(_ a: LabelMap, _ b: LabelMap, _ pair: LabelPair, box: [ClosedRange<Int>]) {
    shape = box.map(\.count)
    first.reserveCapacity(shape.reduce(1, *))
    second.reserveCapacity(shape.reduce(1, *))
    for z in box[0] {
      for y in box[1] {
        let row = (z * a.shape[1] + y) * a.shape[2]
        for x in box[2] {
          first.append(pair.first.contains(a[row + x]))
          second.append(pair.second.contains(b[row + x]))
        }
      }
    }
  }

  /// - Parameter tolerance: of the surface Dice, in mm.
  func surface(
    _ definition: SurfaceDefinition, spacing: [Double], tolerance: Double
  ) -> Agreement.Surface {
    switch definition {
    case .borderVoxels: return borderVoxels(spacing, tolerance)
    case .areaWeighted:
      let surfaces = WeightedSurfaces(first, second, shape: shape, spacing: spacing)
      return Agreement.Surface(
        hd95: surfaces.hausdorff(0.95), average: surfaces.average,
        dice: surfaces.dice(tolerance))
    }
  }

  private func borderVoxels(_ spacing: [Double], _ tolerance: Double) -> Agreement.Surface {
    let (own, other) = (border(of: first), border(of: second))
    let toOwn = DistanceTransform(own, shape: shape, spacing: spacing)
    let toOther = DistanceTransform(other, shape: shape, spacing: spacing)
    func distances(_ members: [Bool], _ field: DistanceTransform) -> [Double] {
      members.indices.filter { members[$0] }.map { field.squares[$0].squareRoot() }
    }
    let all = (distances(own, toOther) + distances(other, toOwn)).sorted()
    return Agreement.Surface(
      hd95: percentile(0.95, of: all), average: all.reduce(0, +) / Double(all.count),
      // In float32, as MONAI has distances (get_surface_distance of monai/metrics/utils.py): so five voxels of 0.4 mm, which
      // NIfTI has in float32, are 2 mm.
      dice: Double(all.count { Float($0) <= Float(tolerance) }) / Double(all.count))
  }

  /// Voxels with a neighbour across a face that is outside; beyond the box all is outside.
  private func border(of members: [Bool]) -> [Bool] {
    let strides = [shape[1] * shape[2], shape[2], 1]
    return members.indices.map { index in
      guard members[index] else { return false }
      let place = [index / strides[0], index / strides[1] % shape[1], index % shape[2]]
      return (0..<3).contains { axis in
        place[axis] == 0 || place[axis] == shape[axis] - 1 || !members[index - strides[axis]]
          || !members[index + strides[axis]]
      }
    }
  }
}
