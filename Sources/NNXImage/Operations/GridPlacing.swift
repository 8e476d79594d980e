import NNXSystem
import NNXTensor

/// How the voxels of one grid lie on another, by their places in the patient.
struct GridPlacing {
  /// From indices `(x, y, z)` of the target to those of the source, row by row; for what need not be exact.
  private var matrix: [Double] = []
  private var offset: [Double] = []
  /// From indices of the target to places, and from places to indices of the source, row by row: in the order in
  /// which ITK computes, whose rounding decides where a place lies half way between two voxels.
  private var toPlace: [Double] = []
  private var toIndex: [Double] = []
  private let origins: (source: [Double], target: [Double])
  /// Of source and target, `(x, y, z)`.
  private let source: [Int]
  private let target: [Int]
  /// How far from the source's slice a slice of the target is that slice, in distances of slices.
  private var reach = 0.5

  /// - Parameter leavesOutSlices: of the target's slices, those between the source's are background, where the source's
  ///   are slices of the target.
  init(_ source: Geometry, on target: Geometry, leavesOutSlices: Bool = false) {
    origins = (source.origin, target.origin)
    self.source = source.shape.reversed()
    self.target = target.shape.reversed()
    for row in 0..<3 {
      for column in 0..<3 {
        toPlace.append(target.direction[3 * row + column] * target.fileSpacing[column])
        // Directions of files are orthonormal but for rounding: their transpose is their inverse.
        toIndex.append(source.direction[3 * column + row] / source.fileSpacing[row])
      }
    }
    for row in 0..<3 {
      let start = index(row, [0, 0, 0])
      offset.append(start)
      for column in 0..<3 {
        var step = [0.0, 0, 0]
        step[column] = 1
        matrix.append(index(row, step) - start)
      }
    }
    if leavesOutSlices, let axes {
      let (step, start) = (abs(matrix[6 + axes[2]]), offset[2])
      let places = [1 / step, start / step]
      if step < 0.75, places.allSatisfy({ abs($0 - $0.rounded()) < 0.05 }) { reach = 0.4 * step }
    }
  }

  /// The index along an axis of the source, with its fraction, of a voxel of the target.
  private func index(_ row: Int, _ voxel: [Double]) -> Double {
    var result = 0.0
    for axis in 0..<3 {
      var place = origins.target[axis]
      for column in 0..<3 { place += toPlace[3 * axis + column] * voxel[column] }
      result += toIndex[3 * row + axis] * (place - origins.source[axis])
    }
    return result
  }

  /// For each axis of the source the axis of the target that it runs along alone, if that holds over the
  /// whole grid to a twentieth of a voxel.
  private var axes: [Int]? {
    var found: [Int] = []
    for row in 0..<3 {
      let along = (0..<3).max { abs(matrix[3 * row + $0]) < abs(matrix[3 * row + $1]) } ?? 0
      var drift = 0.0
      for axis in 0..<3 where axis != along {
        drift += abs(matrix[3 * row + axis]) * Double(target[axis])
      }
      guard drift < 0.05 else { return nil }
      found.append(along)
    }
    return Set(found).count == 3 ? found : nil
  }

  /// Whether each voxel of the target is one of the source, or outside of it.
  var isExact: Bool {
    guard let axes else { return false }
    return (0..<3).allSatisfy { row in
      if row == 2, reach < 0.5 { return true }
      let step = matrix[3 * row + axes[row]]
      let drift = abs(abs(step) - 1) * Double(target[axes[row]])
      return drift < 0.05 && abs(offset[row] - offset[row].rounded()) < 0.05
    }
  }

  /// Whether both are the same voxels, the axes of one being those of the other in another order or direction.
  var isTurn: Bool {
    guard let axes else { return false }
    return (0..<3).allSatisfy { row in
      let axis = axes[row]
      guard source[row] == target[axis] else { return false }
      let (step, start) = (matrix[3 * row + axis], offset[row])
      let begin = step > 0 ? 0 : Double(source[row] - 1)
      return abs(abs(step) - 1) * Double(source[row]) < 0.05 && abs(start - begin) < 0.05
    }
  }

  /// Halves are taken up, as ITK does.
  private static func nearest(_ value: Double) -> Int {
    Int(saturating: (value + 0.5).rounded(.down))
  }

  /// Calls `body` with each index of the target and that of the source whose voxel it lies in, in C order;
  /// what lies outside is left out.
  func walk(_ body: (_ target: Int, _ source: Int) -> Void) {
    if let axes { return forEachAligned(axes, body) }
    var number = 0
    for z in 0..<target[2] {
      for y in 0..<target[1] {
        for x in 0..<target[0] {
          let voxel = [Double(x), Double(y), Double(z)]
          let place: [Int] = (0..<3).map { Self.nearest(index($0, voxel)) }
          if (0..<3).allSatisfy({ place[$0] >= 0 && place[$0] < source[$0] }) {
            body(number, (place[2] * source[1] + place[1]) * source[0] + place[0])
          }
          number += 1
        }
      }
    }
  }

  /// Calls `body` with each run of indices of the target and the first of the source's that it lies in, where rows of
  /// the target are rows of the source, in its direction: says whether they are.
  func walkRows(_ body: (_ target: Range<Int>, _ source: Int) -> Void) -> Bool {
    guard let axes, axes[0] == 0 else { return false }
    let parts = parts(axes)
    guard let first = parts[0].firstIndex(where: { $0 >= 0 }),
      let last = parts[0].lastIndex(where: { $0 >= 0 }),
      parts[0][last] - parts[0][first] == last - first,
      (first...last).allSatisfy({ parts[0][$0] == parts[0][first] + $0 - first })
    else { return false }
    for z in 0..<target[2] where parts[2][z] >= 0 {
      for y in 0..<target[1] where parts[1][y] >= 0 {
        let start = (z * target[1] + y) * target[0]
        body(start + first..<start + last + 1, parts[2][z] + parts[1][y] + parts[0][first])
      }
    }
    return true
  }

  /// Whether each voxel of the target is that of the source with its own index.
  var isIdentity: Bool {
    guard source == target, let axes, axes == [0, 1, 2] else { return false }
    let strides = [1, source[0], source[0] * source[1]]
    return zip(parts(axes), strides).allSatisfy { part, stride in
      part.indices.allSatisfy { part[$0] == $0 * stride }
    }
  }

  /// Whether rows only change places with each other, two by two.
  var swapsRows: Bool {
    guard source == target, let axes, axes == [0, 1, 2] else { return false }
    let parts = parts(axes)
    let strides = [1, source[0], source[0] * source[1]]
    return parts[0].indices.allSatisfy { parts[0][$0] == $0 }
      && (1..<3).allSatisfy { axis in
        parts[axis].indices.allSatisfy { index in
          let other = parts[axis][index]
          return other >= 0 && parts[axis][other / strides[axis]] == index * strides[axis]
        }
      }
  }

  /// Of each index along each axis of the target the part of the source's index; -1 outside.
  private func parts(_ axes: [Int]) -> [[Int]] {
    let strides = [1, source[0], source[0] * source[1]]
    var parts = target.map { [Int](repeating: -1, count: $0) }
    for row in 0..<3 {
      let axis = axes[row]
      for number in 0..<target[axis] {
        var voxel = [0.0, 0, 0]
        voxel[axis] = Double(number)
        let exact = index(row, voxel)
        let place = Self.nearest(exact)
        if row == 2, reach < 0.5, abs(exact - Double(place)) > reach { continue }
        if place >= 0, place < source[row] { parts[axis][number] = place * strides[row] }
      }
    }
    return parts
  }

  private func forEachAligned(_ axes: [Int], _ body: (Int, Int) -> Void) {
    let parts = parts(axes)
    for z in 0..<target[2] where parts[2][z] >= 0 {
      for y in 0..<target[1] where parts[1][y] >= 0 {
        let (start, base) = ((z * target[1] + y) * target[0], parts[2][z] + parts[1][y])
        for x in 0..<target[0] where parts[0][x] >= 0 { body(start + x, base + parts[0][x]) }
      }
    }
  }
}

extension Segmentation {
  /// The same labels on another grid, nearest neighbours by their places in the patient; outside of it there
  /// is background. Where it is the same grid, the map is shared.
  ///
  /// - Parameter header: of the grid's image.
  package func placed(on geometry: Geometry, header: ImageHeader) -> Segmentation {
    let placing = GridPlacing(self.geometry, on: geometry, leavesOutSlices: leavesOutSlices)
    var placed = Segmentation(
      labels: placing.isIdentity ? labels : labels(placing, geometry.shape), geometry: geometry,
      header: header)
    placed.table = table
    (placed.patientID, placed.frameOfReference) = (patientID, frameOfReference)
    return placed
  }

  /// The same as `placed`; where rows only change places and nobody else holds the labels, in their own memory.
  mutating func place(on geometry: Geometry, header: ImageHeader) {
    let placing = GridPlacing(self.geometry, on: geometry, leavesOutSlices: leavesOutSlices)
    guard !placing.isIdentity, placing.swapsRows, isKnownUniquelyReferenced(&labels) else {
      self = placed(on: geometry, header: header)
      return
    }
    _ = placing.walkRows { target, source in
      if target.lowerBound < source { labels.exchange(target, with: source) }
    }
    let table = table
    self = Segmentation(labels: labels, geometry: geometry, header: header)
    self.table = table
  }

  private func labels(_ placing: GridPlacing, _ shape: [Int]) -> LabelMap {
    let result = LabelMap(shape, largestLabel: labels.isWide ? 65535 : 0)
    let isWhole = placing.walkRows { target, source in
      result.copy(source..<source + target.count, of: labels, to: target.lowerBound)
    }
    if !isWhole {
      placing.walk { target, source in
        let label = labels[source]
        if label != 0 { result[target] = label }
      }
    }
    return result
  }

  /// How many voxels have a label, and how many of these lie outside of another grid; `nil`, without a look, where it has
  /// the same voxels.
  func labelled(outside grid: Geometry) -> (all: Int, outside: Int)? {
    let placing = GridPlacing(grid, on: geometry)
    guard !placing.isTurn else { return nil }
    let all = labels.histogram.dropFirst().reduce(0, +)
    var inside = 0
    placing.walk { own, _ in if labels[own] != 0 { inside += 1 } }
    return (all, all - inside)
  }

  /// Whether `placed(on:)` takes each voxel as it is, and none between two.
  package func fits(on geometry: Geometry) -> Bool {
    GridPlacing(self.geometry, on: geometry, leavesOutSlices: leavesOutSlices).isExact
  }
}

extension Geometry {
  /// Whether another grid has the same voxels in the same places, in another order: its axes are turned.
  package func isTurned(from other: Geometry) -> Bool {
    !(shape == other.shape && hasPlace(of: other)) && GridPlacing(other, on: self).isTurn
  }

  /// The grid continued as far as another one reaches; the same directions and spacings.
  ///
  /// - Throws: `geometry` when they lie so far apart that nobody would want all between.
  package func extended(over other: Geometry) throws(NNXError) -> Geometry {
    let lengths = shape.reversed() as [Int]
    var (lower, upper) = ([0, 0, 0], lengths.map { $0 - 1 })
    for corner in other.corners {
      for axis in 0..<3 {
        let column: [Double] = (0..<3).map { direction[3 * $0 + axis] }
        let way: [Double] = (0..<3).map { corner[$0] - origin[$0] }
        let distance = dot(column, way) / fileSpacing[axis]
        guard abs(distance) < 100_000 else { throw .farApart }
        lower[axis] = min(lower[axis], Int((distance - 0.05).rounded(.up)))
        upper[axis] = max(upper[axis], Int((distance + 0.05).rounded(.down)))
      }
    }
    let extents = (0..<3).map { upper[$0] - lower[$0] + 1 }
    guard extents[0] * extents[1] * extents[2] <= 16 * (count + other.count) + 1 << 24 else {
      throw .farApart
    }
    let start: [Double] = (0..<3).map { row in
      (0..<3).reduce(origin[row]) { (sum: Double, axis: Int) -> Double in
        sum + direction[3 * row + axis] * fileSpacing[axis] * Double(lower[axis])
      }
    }
    return Geometry(
      shape: extents.reversed(), spacing: spacing, origin: start, direction: direction)
  }
}

extension NNXError {
  fileprivate static var farApart: NNXError {
    NNXError(
      .geometry, "the segmentations lie far apart in the patient",
      fixes: ["Give two segmentations of one image"])
  }
}
