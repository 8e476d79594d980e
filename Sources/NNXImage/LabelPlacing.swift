import NNXTensor

extension Segmentation {
  /// The labels on another grid: each voxel has the label of the nearest voxel here, or none outside.
  ///
  /// - Parameter header: whose place the result takes.
  func placed(like geometry: Geometry, header: ImageHeader, threads: Threads = .all) -> Segmentation
  {
    let source = self.geometry
    let result = LabelMap(geometry.shape, largestLabel: labels.isWide ? 65535 : 0)
    // From indices (x, y, z) of the target to those of the source: one step along each axis, and the start.
    let start = source.index(ofLPS: geometry.origin)
    let steps = (0..<3).map { axis -> [Double] in
      let end = (0..<3).map {
        geometry.origin[$0] + geometry.direction[3 * $0 + axis] * geometry.fileSpacing[axis]
      }
      return zip(source.index(ofLPS: end), start).map { $0 - $1 }
    }
    let extents = [source.shape[2], source.shape[1], source.shape[0]]
    let (depth, height, width) = (geometry.shape[0], geometry.shape[1], geometry.shape[2])
    threads.forEach(depth) { [labels] z, _ in
      for y in 0..<height {
        let line = (0..<3).map { start[$0] + steps[1][$0] * Double(y) + steps[2][$0] * Double(z) }
        for x in 0..<width {
          func along(_ axis: Int) -> Int? {
            let place = (line[axis] + steps[0][axis] * Double(x)).rounded()
            return place >= 0 && place < Double(extents[axis]) ? Int(place) : nil
          }
          guard let i = along(0), let j = along(1), let k = along(2) else { continue }
          let label = labels[(k * extents[1] + j) * extents[0] + i]
          if label > 0 { result[(z * height + y) * width + x] = label }
        }
      }
    }
    var placed = Segmentation(labels: result, geometry: geometry, header: header)
    placed.table = table
    return placed
  }
}

extension Geometry {
  /// The index `(x, y, z)`, with fractions, of a place in mm, LPS; axes at right angles.
  fileprivate func index(ofLPS place: [Double]) -> [Double] {
    let way = zip(place, origin).map { $0 - $1 }
    return (0..<3).map { axis in
      (0..<3).reduce(0) { $0 + direction[3 * $1 + axis] * way[$1] } / fileSpacing[axis]
    }
  }
}
