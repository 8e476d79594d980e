/// Labels of a spine in the order in which TotalSpineSeg sees them: `(x, y, z)`, x slowest, to the right, the front and
/// the head.
struct SpineVolume: Equatable {
  let shape: [Int]
  var values: [UInt8]

  init(_ shape: [Int], _ values: [UInt8]) {
    precondition(values.count == shape.reduce(1, *))
    (self.shape, self.values) = (shape, values)
  }

  /// - Parameter map: `(z, y, x)`, of labels up to 255.
  init(_ map: LabelMap) {
    let shape = Array(map.shape.reversed())
    var values = [UInt8](repeating: 0, count: map.count)
    var source = 0
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        for x in 0..<shape[0] {
          values[(x * shape[1] + y) * shape[2] + z] = UInt8(clamping: map[source])
          source += 1
        }
      }
    }
    self.init(shape, values)
  }

  /// `(z, y, x)`.
  var map: LabelMap {
    let map = LabelMap(shape.reversed(), largestLabel: 254)
    var target = 0
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        for x in 0..<shape[0] {
          map[target] = Int(values[(x * shape[1] + y) * shape[2] + z])
          target += 1
        }
      }
    }
    return map
  }

  func place(_ index: Int) -> [Int] {
    [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
  }

  func index(_ place: [Int]) -> Int { (place[0] * shape[1] + place[1]) * shape[2] + place[2] }

  func mask(_ isMeant: (UInt8) -> Bool) -> SpineMask {
    SpineMask(shape, values.map(isMeant))
  }
}

/// Some voxels of a volume, in the same order.
struct SpineMask {
  let shape: [Int]
  var isIn: [Bool]

  init(_ shape: [Int], _ isIn: [Bool]) { (self.shape, self.isIn) = (shape, isIn) }

  /// With the six neighbours of each voxel, several times.
  func dilated(times: Int = 1) -> SpineMask {
    var result = self
    for _ in 0..<times {
      let before = result.isIn
      for (axis, step) in [shape[1] * shape[2], shape[2], 1].enumerated() {
        for index in before.indices where before[index] {
          let at = index / step % shape[axis]
          if at > 0 { result.isIn[index - step] = true }
          if at < shape[axis] - 1 { result.isIn[index + step] = true }
        }
      }
    }
    return result
  }

  /// What lies between the first and the last voxel of its line along an axis.
  func filled(along axis: Int) -> SpineMask {
    var result = self
    let step = [shape[1] * shape[2], shape[2], 1][axis]
    let count = shape[axis]
    for start in isIn.indices where start / step % count == 0 {
      guard let first = (0..<count).first(where: { isIn[start + $0 * step] }),
        let last = (0..<count).last(where: { isIn[start + $0 * step] })
      else { continue }
      for place in first...last { result.isIn[start + place * step] = true }
    }
    return result
  }

  /// Components by faces, edges and corners, numbered from 1 in scan order; 0 outside.
  var components: (labels: [Int32], count: Int) {
    var labels = [Int32](repeating: 0, count: isIn.count)
    var count = 0
    var pending: [Int] = []
    for start in isIn.indices where isIn[start] && labels[start] == 0 {
      count += 1
      labels[start] = Int32(count)
      pending.append(start)
      while let index = pending.popLast() {
        let (x, y, z) = (
          index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]
        )
        for nx in max(0, x - 1)...min(shape[0] - 1, x + 1) {
          for ny in max(0, y - 1)...min(shape[1] - 1, y + 1) {
            let row = (nx * shape[1] + ny) * shape[2]
            for nz in max(0, z - 1)...min(shape[2] - 1, z + 1)
            where isIn[row + nz] && labels[row + nz] == 0 {
              labels[row + nz] = Int32(count)
              pending.append(row + nz)
            }
          }
        }
      }
    }
    return (labels, count)
  }

  /// The component with the most voxels, the first of equal ones; all of it where there is none.
  ///
  /// - Parameter counting: which voxels count; all when `nil`.
  func largest(counting: SpineMask? = nil) -> SpineMask {
    let (labels, count) = components
    guard count > 0 else { return self }
    var sizes = [Int](repeating: 0, count: count + 1)
    for index in labels.indices where labels[index] > 0 && counting?.isIn[index] ?? true {
      sizes[Int(labels[index])] += 1
    }
    var best = 1
    for number in 1...count where sizes[number] > sizes[best] { best = number }
    return SpineMask(shape, labels.map { $0 == Int32(best) })
  }
}

extension SpineVolume {
  /// The largest piece of everything, where what lies within ten voxels counts as joined: `largest_component` of
  /// TotalSpineSeg with `--dilate 5`.
  func largestPiece() -> SpineVolume {
    let all = mask { $0 > 0 }
    guard all.isIn.contains(true) else { return self }
    let piece = all.dilated(times: 5).largest(counting: all)
    var result = self
    for index in values.indices where !piece.isIn[index] { result.values[index] = 0 }
    return result
  }

  /// One canal with one cord in it, without holes: `fill_canal` of TotalSpineSeg. The cord is 1, the canal 2.
  func canalFilled() -> SpineVolume {
    var result = self
    let cord = mask { $0 == 1 }
    if cord.isIn.contains(true) {
      let largest = cord.largest()
      for index in values.indices where cord.isIn[index] && !largest.isIn[index] {
        result.values[index] = 2
      }
    }
    guard result.values.contains(2) else { return result }
    let both = result.mask { $0 == 1 || $0 == 2 }
    let largest = both.largest()
    for index in values.indices where both.isIn[index] && !largest.isIn[index] {
      result.values[index] = 0
    }
    let (across, along) = (largest.filled(along: 0), largest.filled(along: 1))
    for index in values.indices
    where across.isIn[index] && along.isIn[index] && result.values[index] != 1 {
      result.values[index] = 2
    }
    return result
  }
}
