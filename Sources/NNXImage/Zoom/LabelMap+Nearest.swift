import NNXTensor

extension LabelMap {
  /// The nearest label at each voxel of another grid, background outside of this one, with ITK's arithmetic: where a
  /// voxel lies half way between two labels, the last bits of ITK's inverse decide, and such voxels are common.
  ///
  /// `ResampleImageFilter` of ITK 5.4 with an identity transform: positions along x lie between those of the row's
  /// ends.
  ///
  /// - Parameters:
  ///   - own: this map's grid.
  ///   - grid: of the result.
  package func nearest(from own: Geometry, to grid: Geometry, threads: Threads) -> LabelMap {
    precondition(own.shape == shape)
    let result = LabelMap(grid.shape, largestLabel: isWide ? 65535 : 0)
    let place = ITKPlaces(from: grid, in: own)
    let (height, width) = (grid.shape[1], grid.shape[2])
    let extents = shape.reversed().map { Double($0) }
    threads.forEach(grid.shape[0]) { z, _ in
      for y in 0..<height {
        let (first, last) = place.ends(y, z, width)
        let target = (z * height + y) * width
        for x in 0..<width {
          let share = Double(x) / Double(width)
          var index = [0, 0, 0]
          var isInside = true
          for axis in 0..<3 {
            let at = first[axis] + share * (last[axis] - first[axis])
            isInside = isInside && at >= -0.5 && at < extents[axis] - 0.5
            index[axis] = isInside ? Int((at + 0.5).rounded(.down)) : 0
          }
          if isInside {
            result[target + x] = self[(index[2] * shape[1] + index[1]) * shape[2] + index[0]]
          }
        }
      }
    }
    return result
  }
}

/// Where voxels of one grid lie on another, in its voxels.
struct ITKPlaces {
  private let origin: [Double]
  private let axes: [[Double]]
  private let otherOrigin: [Double]
  private let inverse: [[Double]]

  init(from grid: Geometry, in other: Geometry) {
    (origin, axes) = (grid.origin, Self.matrix(grid))
    (otherOrigin, inverse) = (other.origin, SingularVectors(Self.matrix(other)).inverse)
  }

  /// Direction times spacing.
  private static func matrix(_ grid: Geometry) -> [[Double]] {
    (0..<3).map { row in
      (0..<3).map { grid.direction[3 * row + $0] * grid.spacing[2 - $0] }
    }
  }

  /// The places, x first, of the first voxel of a row and of one beyond its last.
  func ends(_ y: Int, _ z: Int, _ width: Int) -> (first: [Double], last: [Double]) {
    (index(0, Double(y), Double(z)), index(Double(width), Double(y), Double(z)))
  }

  private func index(_ x: Double, _ y: Double, _ z: Double) -> [Double] {
    let offset = (0..<3).map { row in
      let point = origin[row] + axes[row][0] * x + axes[row][1] * y + axes[row][2] * z
      return point - otherOrigin[row]
    }
    return (0..<3).map { row in
      inverse[row][0] * offset[0] + inverse[row][1] * offset[1] + inverse[row][2] * offset[2]
    }
  }
}
