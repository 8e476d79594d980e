import NNXTensor

/// Linear interpolation between two grids in the patient, with ITK's arithmetic: what torchio's `Resample` does with an
/// image, and TotalSpineSeg with it.
///
/// `LinearInterpolateImageFunction` and `ResampleImageFilter` of ITK 5.4, in double. Beyond half a voxel outside there
/// is 0.
enum ITKLinear {
  /// - Parameters:
  ///   - source: on the grid `own`.
  ///   - integers: of the file's type where it holds whole numbers: fractions are cut off then.
  static func values(
    _ source: ZoomSource, from own: Geometry, to grid: Geometry, _ integers: ClosedRange<Double>?,
    threads: Threads
  ) -> Tensor {
    let result = Tensor(grid.shape)
    let places = ITKPlaces(from: grid, in: own)
    let (height, width) = (grid.shape[1], grid.shape[2])
    let counts = Array(own.shape.reversed())
    threads.forEach(grid.shape[0]) { z, _ in
      var (lower, upper, part) = ([0, 0, 0], [0, 0, 0], [0.0, 0, 0])
      for y in 0..<height {
        let (first, last) = places.ends(y, z, width)
        for x in 0..<width {
          let share = Double(x) / Double(width)
          var isInside = true
          for axis in 0..<3 {
            let at = first[axis] + share * (last[axis] - first[axis])
            isInside = isInside && at >= -0.5 && at < Double(counts[axis]) - 0.5
            guard isInside else { break }
            lower[axis] = min(max(Int(at.rounded(.down)), 0), counts[axis] - 1)
            upper[axis] = min(lower[axis] + 1, counts[axis] - 1)
            part[axis] = max(at - Double(lower[axis]), 0)
          }
          guard isInside else { continue }
          func row(_ y: Int, _ z: Int) -> Double {
            let start = (z * counts[1] + y) * counts[0]
            let (a, b) = (source[start + lower[0]], source[start + upper[0]])
            return a + (b - a) * part[0]
          }
          func plane(_ z: Int) -> Double {
            let (a, b) = (row(lower[1], z), row(upper[1], z))
            return a + (b - a) * part[1]
          }
          let (a, b) = (plane(lower[2]), plane(upper[2]))
          let value = a + (b - a) * part[2]
          unsafe result.base[(z * height + y) * width + x] =
            Float(integers == nil ? value : value.rounded(.towardZero))
        }
      }
    }
    return result
  }
}

/// Of LPS where RAS is given, and the other way round.
private let signs: [Double] = [-1, -1, 1]

extension Geometry {
  /// The grid that an affine describes, as torchio tells ITK of it.
  ///
  /// - Parameters:
  ///   - shape: `(z, y, x)`.
  ///   - rows: from voxel indices `(x, y, z)` to mm, RAS.
  init(shape: [Int], ras rows: [[Double]]) {
    let lengths: [Double] = (0..<3).map { columnLength(rows, $0) }
    var direction: [Double] = []
    var origin: [Double] = []
    for row in 0..<3 {
      for column in 0..<3 {
        let cosine: Double = rows[row][column] / lengths[column]
        direction.append(signs[row] * cosine)
      }
      origin.append(signs[row] * rows[row][3])
    }
    self.init(shape: shape, spacing: lengths.reversed(), origin: origin, direction: direction)
  }

  /// The affine, RAS.
  var ras: [[Double]] {
    (0..<3).map { row in
      (0..<3).map { column in
        let cosine: Double = signs[row] * direction[3 * row + column]
        return cosine * spacing[2 - column]
      } + [signs[row] * origin[row]]
    }
  }

  /// The affine, RAS, in float32 as a NIfTI file holds it.
  var fileRows: [[Double]] { ras.map { $0.map { Double(Float($0)) } } }

  /// The grid at 1 mm whose centre is this one's (`Resample(1)` of torchio); an axis of one voxel stays one.
  ///
  /// - Returns: `nil` when an axis has no voxels then, or more than can be counted.
  func centred(at spacing: Double) -> Geometry? {
    let counts = (0..<3).map { axis -> Double in
      shape[axis] == 1 ? 1 : (Double(shape[axis]) * self.spacing[axis] / spacing).rounded(.down)
    }
    guard counts.allSatisfy({ $0 >= 1 && $0 < 0x1p31 }), counts.reduce(1, *) < 0x1p40 else {
      return nil
    }
    var origin = self.origin
    for row in 0..<3 {
      var last = self.origin[row]
      var shift = 0.0
      for axis in 0..<3 {
        let cosine = direction[3 * row + axis]
        last += cosine * self.spacing[2 - axis] * Double(shape[2 - axis] - 1)
        shift += cosine * ((counts[2 - axis] - 1) / 2 * spacing)
      }
      origin[row] = (last + self.origin[row]) / 2 - shift
    }
    return Geometry(
      shape: counts.map { Int($0) }, spacing: [spacing, spacing, spacing], origin: origin,
      direction: direction)
  }
}
