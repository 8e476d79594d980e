/// The middle of the spinal canal, along which parts of the spine have their heights.
struct SpineCentreline {
  /// A part and where it lies along the canal.
  struct Placed: Equatable {
    let number: Int
    let height: Int
  }

  private let shape: [Int]
  /// `(x, y, z)`, in scan order.
  private let points: [[Int]]
  /// For each z the y behind which the canal's middle lies; -1 without a canal.
  private let middles: [Int]

  /// - Throws: `noCanal`, `noCentreline`.
  init(_ volume: SpineVolume, canal: UInt8, cord: UInt8) throws(SpineLabelling.Problem) {
    shape = volume.shape
    var lower = [[Int]](repeating: [.max, .max], count: shape[2])
    var upper = [[Int]](repeating: [-1, -1], count: shape[2])
    for index in volume.values.indices
    where volume.values[index] == canal || volume.values[index] == cord {
      let place = volume.place(index)
      for axis in 0..<2 {
        lower[place[2]][axis] = min(lower[place[2]][axis], place[axis])
        upper[place[2]][axis] = max(upper[place[2]][axis], place[axis])
      }
    }
    var points: [[Int]] = []
    var middles = [Int](repeating: -1, count: shape[2])
    for z in 0..<shape[2] where upper[z][0] >= 0 {
      let x = (lower[z][0] + upper[z][0]) / 2
      let y = (lower[z][1] + upper[z][1]) / 2
      middles[z] = y
      let value = volume.values[(x * shape[1] + y) * shape[2] + z]
      if value == canal || value == cord { points.append([x, y, z]) }
    }
    guard middles.contains(where: { $0 >= 0 }) else { throw .noCanal }
    guard !points.isEmpty else { throw .noCentreline }
    self.points = points.sorted { $0.lexicographicallyPrecedes($1) }
    self.middles = middles
  }

  /// Parts from above; of equal heights the larger number first.
  func order(_ parts: SpineParts, _ numbers: [Int]) -> [Placed] {
    heights(parts, numbers).sorted {
      ($0.height, $0.number) > ($1.height, $1.number)
    }
  }

  /// The z of the point nearest to each part's centre of mass.
  ///
  /// For part 1 alone the package takes the centre of what lies in front of the canal, if any part has something
  /// there; where that part has nothing there itself, the first point.
  private func heights(_ parts: SpineParts, _ numbers: [Int]) -> [Placed] {
    var whole: [Int32: Sums] = [:]
    var front = Sums()
    var hasFront = false
    for number in numbers { whole[Int32(number)] = Sums() }
    let size = shape[1] * shape[2]
    for index in parts.numbers.indices {
      let number = parts.numbers[index]
      guard number > 0, whole[number] != nil else { continue }
      let (x, y, z) = (index / size, index / shape[2] % shape[1], index % shape[2])
      whole[number]?.add(x, y, z)
      if y > middles[z] {
        hasFront = true
        if number == 1 { front.add(x, y, z) }
      }
    }
    return numbers.map { number in
      if number == 1, hasFront {
        return Placed(number: 1, height: front.count > 0 ? height(of: front.centre) : points[0][2])
      }
      return Placed(number: number, height: height(of: whole[Int32(number)]?.centre ?? [0, 0, 0]))
    }
  }

  private func height(of centre: [Double]) -> Int {
    var best = (distance: Double.infinity, z: 0)
    for point in points {
      let (x, y) = (centre[0] - Double(point[0]), centre[1] - Double(point[1]))
      let z = centre[2] - Double(point[2])
      let distance = (x * x + y * y + z * z).squareRoot()
      if distance < best.distance { best = (distance, point[2]) }
    }
    return best.z
  }
}

/// Sums of places, for their centre.
private struct Sums {
  private(set) var count = 0
  private var sums = [0, 0, 0]

  mutating func add(_ x: Int, _ y: Int, _ z: Int) {
    count += 1
    sums[0] += x
    sums[1] += y
    sums[2] += z
  }

  var centre: [Double] { sums.map { Double($0) / Double(max(count, 1)) } }
}
