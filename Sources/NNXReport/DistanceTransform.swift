import NNXTensor

/// For each voxel of a grid the distance to the nearest voxel of a set, in mm; exact.
///
/// P. Felzenszwalb, D. Huttenlocher, Distance Transforms of Sampled Functions, Theory of Computing 8
/// (2012): axis after axis the lower envelope of parabolas, here with spacings. Equals
/// `scipy.ndimage.distance_transform_edt` of the complement, with `sampling`.
struct DistanceTransform {
  /// Squared distances, `(z, y, x)`; infinite when the set is empty.
  private(set) var squares: [Double]
  private let shape: [Int]

  /// - Parameters:
  ///   - members: whether each voxel belongs to the set, C order.
  ///   - spacing: along `(z, y, x)`.
  init(_ members: [Bool], shape: [Int], spacing: [Double]) {
    precondition(members.count == shape.reduce(1, *))
    squares = members.map { $0 ? 0 : .infinity }
    self.shape = shape
    let strides = [shape[1] * shape[2], shape[2], 1]
    for axis in (0..<3).reversed() where shape[axis] > 1 {
      let lines = squares.count / shape[axis]
      var line = ParabolaEnvelope(length: shape[axis], spacing: spacing[axis])
      for index in 0..<lines {
        let start = index / strides[axis] * strides[axis] * shape[axis] + index % strides[axis]
        line.run(&squares, start: start, stride: strides[axis])
      }
    }
  }
}

/// The lower envelope along one line.
private struct ParabolaEnvelope {
  private let length: Int
  private let spacing: Double
  private var values: [Double]
  /// Vertices of the parabolas of the envelope, and where each begins to be the lowest, in mm.
  private var vertices: [Int]
  private var starts: [Double]

  init(length: Int, spacing: Double) {
    self.length = length
    self.spacing = spacing
    values = .init(repeating: 0, count: length)
    vertices = .init(repeating: 0, count: length)
    starts = .init(repeating: 0, count: length)
  }

  mutating func run(_ squares: inout [Double], start: Int, stride: Int) {
    var count = 0
    for index in 0..<length {
      let value = squares[start + index * stride]
      values[index] = value
      guard value.isFinite else { continue }
      var from = -Double.infinity
      while count > 0 {
        from = crossing(vertices[count - 1], index)
        if from > starts[count - 1] { break }
        count -= 1
      }
      if count == 0 { from = -.infinity }
      vertices[count] = index
      starts[count] = from
      count += 1
    }
    guard count > 0 else { return }
    var lowest = 0
    for index in 0..<length {
      let place = Double(index) * spacing
      while lowest + 1 < count, starts[lowest + 1] < place { lowest += 1 }
      let distance = Double(index - vertices[lowest]) * spacing
      squares[start + index * stride] = distance * distance + values[vertices[lowest]]
    }
  }

  /// Where the parabola of the later vertex becomes the lower one.
  private func crossing(_ earlier: Int, _ later: Int) -> Double {
    let (a, b) = (Double(earlier) * spacing, Double(later) * spacing)
    return ((values[later] + b * b) - (values[earlier] + a * a)) / (2 * (b - a))
  }
}
