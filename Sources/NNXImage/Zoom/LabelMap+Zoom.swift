import NNXTensor

extension LabelMap {
  /// `scipy.ndimage.zoom` of order 0 with `grid_mode=False`: the nearest label, where the first and the last
  /// voxels of both grids lie on each other.
  ///
  /// - Parameter shape: of the result, `(z, y, x)`; no extent is 0.
  /// - Returns: the map itself when it has that shape.
  func zoomed(to shape: [Int], _ edge: ZoomEdge, threads: Threads) -> LabelMap {
    if shape == self.shape { return self }
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    let old = self.shape
    // nil: beyond the last voxel, background.
    let rows: [[Int?]] = (0..<3).map { axis in
      ZoomAxis.places(from: old[axis], to: shape[axis]).map { place in
        if edge == .constant, place > Double(old[axis] - 1) { return nil }
        return min(Int((place + 0.5).rounded(.down)), old[axis] - 1)
      }
    }
    threads.forEach(shape[0]) { z, _ in
      guard let plane = rows[0][z] else { return }
      for y in 0..<shape[1] {
        guard let row = rows[1][y] else { continue }
        let (from, to) = ((plane * old[1] + row) * old[2], (z * shape[1] + y) * shape[2])
        for x in 0..<shape[2] {
          if let column = rows[2][x] { result[to + x] = self[from + column] }
        }
      }
    }
    return result
  }
}
