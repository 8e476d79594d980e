/// How much surface a marching cube holds: one of 2 × 2 × 2 voxels, some of which belong to a structure.
///
/// W. Lorensen, H. Cline, Marching Cubes, SIGGRAPH 1987: up to turning, mirroring and exchanging inside and
/// outside there are fourteen cases, in each of which triangles part the corners that are inside. Areas
/// equal those of surface-distance (S. Nikolov et al., J. Med. Internet Res. 23(7), 2021), whose table holds
/// the triangles' normals; a test compares all 256.
struct SurfaceElements {
  /// mm² of each code; bit `4 z + 2 y + x` of a code is the voxel at that corner.
  let areas: [Double]

  /// The corners of a case, and the normals of its triangles in eighths of a face, along `(z, y, x)`.
  private static let cases: [(corners: [Int], normals: [[Double]])] = [
    ([0], [[1, 1, 1]]),
    ([0, 1], [[2, 2, 0], [2, 2, 0]]),
    ([1, 2], [[1, 1, 1], [1, 1, 1]]),
    ([0, 1, 2], [[1, 1, 1], [2, 2, 2], [4, 0, 0]]),
    ([0, 1, 2, 3], [[4, 0, 0], [4, 0, 0]]),
    ([1, 2, 4], [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
    ([0, 1, 2, 4], [[1, 1, 1], [1, 1, 1], [2, 2, 2], [2, 2, 2]]),
    ([3, 4], [[1, 1, 1], [1, 1, 1]]),
    ([0, 3, 4], [[0, 2, 2], [0, 2, 2], [1, 1, 1]]),
    ([0, 1, 3, 4], [[0, 2, 2], [1, 1, 1], [2, 0, 2], [3, 3, 3]]),
    ([1, 2, 3, 4], [[1, 1, 1], [1, 1, 1], [2, 2, 2], [4, 0, 0]]),
    ([2, 3, 4, 5], [[2, 2, 0], [2, 2, 0], [2, 2, 0], [2, 2, 0]]),
    ([0, 3, 5, 6], [[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]]),
  ]

  /// - Parameter spacing: along `(z, y, x)`, in mm.
  init(spacing: [Double]) {
    let faces = [spacing[1] * spacing[2], spacing[0] * spacing[2], spacing[0] * spacing[1]]
    var areas = [Double](repeating: 0, count: 256)
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    for (corners, normals) in Self.cases {
      for order in orders {
        // Axis `order[a]` of the case becomes axis `a`.
        let area = normals.reduce(0.0) { sum, normal in
          let parts = (0..<3).map { normal[order[$0]] / 8 * faces[$0] }
          return sum + parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        for mirror in 0..<8 {
          let code = corners.reduce(0) { code, corner in
            let place = (0..<3).reduce(0) { place, axis in
              place | (corner >> (2 - order[axis]) & 1) << (2 - axis)
            }
            return code | 1 << (place ^ mirror)
          }
          areas[code] = area
          areas[255 - code] = area
        }
      }
    }
    self.areas = areas
  }
}
