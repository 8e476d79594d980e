import NNXTensor

extension PreparedImage.Return {
  /// mm along z of the prepared grid, as its label file has it; for grids of the method `linear`.
  package var fileSpacing: Float { grids.labels.zooms[2] }

  /// Voxels of a margin, at most: headers may state any spacing beside their s-form.
  private static let farthest = 64

  /// Labels of single voxels of the prepared grid as such on the image's: the middle of what a cube around each becomes
  /// there (`transform_seg2image` of TotalSpineSeg, `label`). For grids of the method `linear`.
  package func points(_ points: LabelMap, threads: Threads) -> LabelMap {
    let (own, image) = (grids.labels, grids.image)
    func largest(_ a: [Float], _ b: [Float]) -> Int {
      let ratio = zip(a, b).reduce(Float(1)) { max($0, $1.0 / $1.1) }
      return Int(min(ratio, Float(Self.farthest)).rounded(.up))
    }
    let radius = largest(image.zooms, own.zooms)
    let margin = min(radius * largest(own.zooms, image.zooms), Self.farthest)
    let (from, to) = (own.widened(by: margin).geometry, image.widened(by: margin).geometry)
    let cubes = points.cubes(radius, margin: margin).nearest(from: from, to: to, threads: threads)
    let result = LabelMap(shape, largestLabel: 254)
    for (label, centre) in cubes.centres(1...254) {
      let place = zip(centre, shape).map { centre, count in
        min(max(Int(centre.rounded(.toNearestOrEven)) - margin, 0), count - 1)
      }
      result[(place[0] * shape[1] + place[1]) * shape[2] + place[2]] = label
    }
    return result
  }
}

extension LabelMap {
  /// A cube around each voxel that has a label, on a wider grid; the larger label where two meet.
  fileprivate func cubes(_ radius: Int, margin: Int) -> LabelMap {
    let wide = LabelMap(shape.map { $0 + 2 * margin }, largestLabel: 254)
    for index in 0..<count where self[index] > 0 {
      let middle = [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
      let lower = middle.map { $0 + margin - radius }
      for z in lower[0]...lower[0] + 2 * radius {
        for y in lower[1]...lower[1] + 2 * radius {
          let row = (z * wide.shape[1] + y) * wide.shape[2]
          for x in lower[2]...lower[2] + 2 * radius {
            wide[row + x] = max(wide[row + x], self[index])
          }
        }
      }
    }
    return wide
  }

  /// The centres of mass of labels that are there, in their order: `(z, y, x)`.
  fileprivate func centres(_ labels: ClosedRange<Int>) -> [(label: Int, centre: [Double])] {
    var sums = [[Int]](repeating: [0, 0, 0, 0], count: labels.upperBound + 1)
    for index in 0..<count where labels.contains(self[index]) {
      let label = self[index]
      sums[label][0] += index / (shape[1] * shape[2])
      sums[label][1] += index / shape[2] % shape[1]
      sums[label][2] += index % shape[2]
      sums[label][3] += 1
    }
    return labels.compactMap { label in
      let sum = sums[label]
      return sum[3] == 0 ? nil : (label, sum[..<3].map { Double($0) / Double(sum[3]) })
    }
  }
}
