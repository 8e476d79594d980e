/// A voxel for each disc, where it comes nearest to the middle of the canal: `extract_levels.py` of TotalSpineSeg
/// 20260807, number by number. They are numbers of the Spinal Cord Toolbox: 3 for C2-C3 and so on downwards, 1 for the top
/// of C2 and 2 between.
struct SpineLevels {
  private let volume: SpineVolume
  /// `(x, y, z)`, one for each z between the first and the last of the canal.
  private let line: [[Double]]

  private static let discs: [UInt8] = Array(63...67) + Array(71...82) + Array(91...95) + [100]
  private static let (c1, vertebrae): (UInt8, UInt8) = (11, 50)
  /// Voxels of C1 beyond which it is said to be seen.
  private static let fewestOfC1 = 500

  /// - Parameters:
  ///   - volume: names of discs and vertebrae, the cord 1, the canal 2.
  ///   - step: mm between slices, as their file has it.
  /// - Throws: `noCanal`; `shortCanal` for one of a single slice, through which no line goes.
  init(_ volume: SpineVolume, step: Float) throws(SpineLabelling.Problem) {
    self.volume = volume
    line = try Self.middle(of: volume, step)
  }

  /// The places of the levels, and 0.
  ///
  /// - Throws: `noDiscs`.
  func points() throws(SpineLabelling.Problem) -> SpineVolume {
    let present = Set(volume.values)
    guard let first = Self.discs.firstIndex(where: present.contains) else { throw .noDiscs }
    var result = SpineVolume(volume.shape, [UInt8](repeating: 0, count: volume.values.count))
    let nearest = nearestVoxels()
    // A disc that is missing is not counted.
    for (number, name) in Self.discs.filter(present.contains).enumerated() {
      if let index = nearest[Int(name)] { result.values[index] = UInt8(3 + first + number) }
    }
    addUppermost(present, &result)
    return result
  }

  /// Names of discs between those that are there: they are not counted.
  var missing: [Int] {
    let present = Set(volume.values)
    guard let first = Self.discs.firstIndex(where: present.contains),
      let last = Self.discs.lastIndex(where: present.contains)
    else { return [] }
    return Self.discs[first...last].filter { !present.contains($0) }.map(Int.init)
  }

  /// By the name of a disc its voxel nearest to the line, the first of equal ones.
  private func nearestVoxels() -> [Int?] {
    var best = [(distance: Double, index: Int?)](repeating: (.infinity, nil), count: 256)
    let isDisc = (0...255).map { Self.discs.contains($0) }
    for index in volume.values.indices where isDisc[Int(volume.values[index])] {
      let name = Int(volume.values[index])
      let distance = nearest(volume.place(index).map(Double.init), line).distance
      if distance < best[name].distance { best[name] = (distance, index) }
    }
    return best.map(\.index)
  }

  private func nearest(_ place: [Double], _ line: [[Double]]) -> (distance: Double, number: Int) {
    var best = (distance: Double.infinity, number: 0)
    for (number, point) in line.enumerated() {
      let (x, y, z) = (place[0] - point[0], place[1] - point[1], place[2] - point[2])
      let distance = (x * x + y * y + z * z).squareRoot()
      if distance < best.distance { best = (distance, number) }
    }
    return best
  }

  /// 1 and 2, on the line moved to the level of C2-C3, where that and C1 are seen.
  ///
  /// Places outside of the image, where the package ends or counts from the other side, are left out.
  private func addUppermost(_ present: Set<UInt8>, _ result: inout SpineVolume) {
    guard let third = result.values.firstIndex(of: 3), present.contains(Self.vertebrae),
      volume.values.count(where: { $0 == Self.c1 }) > Self.fewestOfC1
    else { return }
    let level = result.place(third)
    let own = line[nearest(level.map(Double.init), line).number]
    let moved = line.map { point in
      let (x, y) = (Double(level[0]) - own[0], Double(level[1]) - own[1])
      return [point[0] + x, point[1] + y, point[2]].map { $0.rounded(.toNearestOrEven) }
    }
    guard let top = topOfVertebrae(x: level[0]) else { return }
    let middle = zip(top, level).map { ($0 + $1) >> 1 }
    for (value, place) in [(UInt8(1), top), (2, middle)] {
      let point = moved[nearest(place.map(Double.init), moved).number].map { Int($0) }
      guard zip(point, volume.shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
      result.values[volume.index(point)] = value
    }
  }

  /// The uppermost voxel of vertebrae below the top of C1 in a sagittal slice, the first of equal ones.
  private func topOfVertebrae(x: Int) -> [Int]? {
    let indices = volume.values.indices
    guard
      let end = indices.lazy.filter({ volume.values[$0] == Self.c1 })
        .map({ volume.place($0)[2] }).max()
    else { return nil }
    var top: [Int]?
    for y in 0..<volume.shape[1] {
      for z in 0..<end where volume.values[volume.index([x, y, z])] == Self.vertebrae {
        if z > top?[2] ?? -1 { top = [x, y, z] }
      }
    }
    return top
  }

  /// The means of the canal's slices, along a spline that is smoothed a lot (`get_centerline`, `bspline`).
  private static func middle(
    of volume: SpineVolume, _ step: Float
  ) throws(SpineLabelling.Problem) -> [[Double]] {
    var sums = [(count: Int, x: Int, y: Int)](repeating: (0, 0, 0), count: volume.shape[2])
    for index in volume.values.indices where (1...2).contains(volume.values[index]) {
      let place = volume.place(index)
      let z = place[2]
      sums[z] = (sums[z].count + 1, sums[z].x + place[0], sums[z].y + place[1])
    }
    let slices = sums.indices.filter { sums[$0].count > 0 }
    guard let first = slices.first, let last = slices.last else { throw .noCanal }
    guard last > first else { throw .shortCanal }
    let share = Double(slices.count) / Double(last - first + 1)
    // NumPy multiplies in the type of the spacing, float32.
    let limit = Double(Float(share * share * 8000) * step / 3)
    let heights = slices.map(Double.init)
    let degree = slices.count <= 3 ? 1 : 3
    func spline(_ sum: (Int) -> Int) -> SmoothingSpline {
      SmoothingSpline(
        heights, slices.map { Double(sum($0)) / Double(sums[$0].count) }, degree: degree,
        limit: limit)
    }
    let (x, y) = (spline { sums[$0].x }, spline { sums[$0].y })
    return (first...last).map { [x.value(Double($0)), y.value(Double($0)), Double($0)] }
  }
}
