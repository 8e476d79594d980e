import NNXSystem

/// Where the voxels of an image lie: its grid, and the grid's place in the patient.
///
/// nnU-Net predicts on the array alone; only shape and spacing change the numbers. Place and
/// direction tell whether two images belong together.
package struct Geometry: Equatable, Sendable {
  /// Number of voxels along `(z, y, x)`; the file's first axis is x.
  package var shape: [Int]
  /// Distance of neighbouring voxels along `(z, y, x)`, in mm.
  package var spacing: [Double]
  /// The centre of the first voxel in the patient, `(x, y, z)` in mm; x to the left, y to the back,
  /// z to the head (LPS), as ITK has it.
  package var origin: [Double]
  /// Unit vectors along the file's axes, as columns of a 3 x 3 matrix given row by row, in LPS;
  /// SimpleITK's `GetDirection`.
  package var direction: [Double]

  package init(shape: [Int], spacing: [Double], origin: [Double], direction: [Double]) {
    precondition(shape.count == 3 && spacing.count == 3 && origin.count == 3)
    precondition(direction.count == 9)
    self.shape = shape
    self.spacing = spacing
    self.origin = origin
    self.direction = direction
  }

  /// Number of voxels.
  package var count: Int { shape[0] * shape[1] * shape[2] }
  /// Of one voxel, in mm³: the product of the spacings, times the determinant of the directions where the
  /// axes are sheared.
  package var voxelVolume: Double {
    let box = spacing.reduce(1, *)
    let d = direction
    let share = abs(
      d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6])
        + d[2] * (d[3] * d[7] - d[4] * d[6]))
    // Directions of files are rounded.
    return share > 0 && share.isFinite && abs(share - 1) > 1e-3 ? box * share : box
  }
  /// Spacing in the order of the file's axes, `(x, y, z)`.
  package var fileSpacing: [Double] { spacing.reversed() }
}

extension Geometry {
  /// `40 x 64 x 64 voxels of 5 x 0.7 x 0.7 mm`, along z, y, x.
  package var gridText: String {
    "\(Quantity.along(shape)) voxels of \(Quantity.along(spacing)) mm"
  }

  /// Whether two images have the same array shape and the same spacing; nnU-Net refuses channels that
  /// do not (since 2.5 with NumPy's `allclose`: 1e-5 relative, 1e-8 absolute).
  package func hasGrid(of other: Geometry) -> Bool {
    shape == other.shape && allClose(spacing, other.spacing, absolute: 1e-8)
  }

  /// Whether two images of one grid lie in the same place of the patient, to a hundredth of the
  /// smallest spacing at each corner.
  package func hasPlace(of other: Geometry) -> Bool {
    let tolerance = 0.01 * (spacing.min() ?? 0)
    return zip(corners, other.corners).allSatisfy { own, others in
      zip(own, others).allSatisfy { abs($0 - $1) <= tolerance }
    }
  }

  /// The centres of the eight corner voxels, in mm (LPS).
  package var corners: [[Double]] {
    let far = zip(shape, spacing).map { Double($0 - 1) * $1 }
    return (0..<8).map { corner in
      let steps = [
        corner & 1 == 0 ? 0 : far[2], corner & 2 == 0 ? 0 : far[1], corner & 4 == 0 ? 0 : far[0],
      ]
      return (0..<3).map { row in
        (0..<3).reduce(origin[row]) { $0 + direction[3 * row + $1] * steps[$1] }
      }
    }
  }

  private func allClose(_ first: [Double], _ second: [Double], absolute: Double) -> Bool {
    zip(first, second).allSatisfy { abs($0 - $1) <= absolute + 1e-5 * abs($1) }
  }
}
