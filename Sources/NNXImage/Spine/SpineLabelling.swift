/// From the classes of TotalSpineSeg's networks to the names of discs and vertebrae: `iterative_label.py` of version
/// 20260807, voxel by voxel. The names are numbers: discs 63 to 100 by the vertebrae between which they lie, vertebrae 11
/// to 50, the cord 1, the canal 2.
struct SpineLabelling {
  /// Which network's classes are meant.
  enum Step {
    /// Discs 1 to 5, vertebrae 6, C1 7, canal 8, cord 9.
    case first
    /// Discs 1 to 5, vertebrae 6 (unsure), 7 and 8 by turns, sacrum 9, canal 10, cord 11.
    case second

    var canal: UInt8 { self == .first ? 8 : 10 }
    var cord: UInt8 { self == .first ? 9 : 11 }
  }

  /// Why nothing can be named.
  enum Problem: Error, Equatable {
    case noCanal, shortCanal, noCentreline, noDiscs, noVertebrae, noLandmark
    /// A name of the localizer that no disc has, or more discs than have names.
    case unknownName(Int)
  }

  private let volume: SpineVolume
  private let step: Step
  private let centreline: SpineCentreline

  /// - Throws: `Problem`.
  static func labels(
    _ volume: SpineVolume, _ step: Step, localizer: SpineVolume? = nil
  ) throws(Problem) -> SpineVolume {
    let labelling = SpineLabelling(
      volume, step, try SpineCentreline(volume, canal: step.canal, cord: step.cord))
    return try labelling.labelled(localizer)
  }

  private init(_ volume: SpineVolume, _ step: Step, _ centreline: SpineCentreline) {
    (self.volume, self.step, self.centreline) = (volume, step, centreline)
  }

  private func labelled(_ localizer: SpineVolume?) throws(Problem) -> SpineVolume {
    let discs = SpineParts(volume, [[1, 2, 3, 4, 5]])
    guard discs.count > 0 else { throw .noDiscs }
    let discOrder = centreline.order(discs, Array(1...discs.count))
    var vertebrae: SpineParts?
    var vertebraOrder: [SpineCentreline.Placed] = []
    if step == .second {
      var parts = SpineParts(volume, [[7], [8], [9]])
      guard parts.count > 0 else { throw .noVertebrae }
      vertebraOrder = joined(&parts)
      vertebrae = parts
    }
    let landmarks = try SpineLandmarks(volume, discs, discOrder.map(\.number), localizer).found
    let names = try SpineNames.discs(discOrder.map(\.number), landmarks)
    var result = SpineVolume(volume.shape, [UInt8](repeating: 0, count: volume.values.count))
    paint(names, discs, into: &result)
    if let vertebrae {
      paint(try SpineNames.vertebrae(vertebraOrder, discOrder, names), vertebrae, into: &result)
    }
    for index in volume.values.indices {
      let value = volume.values[index]
      if value == step.canal {
        result.values[index] = 2
      } else if value == step.cord {
        result.values[index] = 1
      } else if value == (step == .first ? 6 : 9) {
        result.values[index] = 50
      } else if step == .first, value == 7 {
        result.values[index] = 11
      }
    }
    return result
  }

  private func paint(_ names: [Int: Int], _ parts: SpineParts, into result: inout SpineVolume) {
    for index in parts.numbers.indices {
      if let name = names[Int(parts.numbers[index])] {
        result.values[index] = UInt8(clamping: name)
      }
    }
  }

  /// Joins vertebrae of one class that follow each other, and gives them what nobody is sure of.
  ///
  /// - Returns: from above.
  private func joined(_ parts: inout SpineParts) -> [SpineCentreline.Placed] {
    var kept: [Int] = []
    var last: (number: Int, value: UInt8) = (0, 0)
    for place in centreline.order(parts, Array(1...parts.count)) {
      guard let first = parts.numbers.firstIndex(of: Int32(place.number)) else { continue }
      let value = volume.values[first]
      if value == last.value {
        parts.rename(place.number, last.number)
      } else {
        kept.append(place.number)
        last = (place.number, value)
      }
    }
    let order = centreline.order(parts, kept)
    let unsure = volume.mask { $0 == 6 }
    for place in order.reversed() {
      let own = SpineMask(volume.shape, parts.numbers.map { $0 == Int32(place.number) })
      var hull = own.filled(along: 0)
      for axis in 1...2 {
        let along = own.filled(along: axis)
        for index in hull.isIn.indices where along.isIn[index] { hull.isIn[index] = true }
      }
      hull = hull.dilated()
      for index in hull.isIn.indices where hull.isIn[index] && unsure.isIn[index] {
        parts.numbers[index] = Int32(place.number)
      }
    }
    return centreline.order(parts, order.map(\.number))
  }
}

/// Components of some classes, numbered from 1, without those of fewer than 200 voxels.
struct SpineParts {
  /// 0 elsewhere.
  var numbers: [Int32]
  private(set) var count = 0

  /// - Parameter groups: classes that count as one each.
  init(_ volume: SpineVolume, _ groups: [[UInt8]]) {
    numbers = [Int32](repeating: 0, count: volume.values.count)
    for group in groups {
      let own = volume.mask(group.contains)
      let (labels, found) = own.dilated().components
      var sizes = [Int](repeating: 0, count: found + 1)
      for index in labels.indices where own.isIn[index] { sizes[Int(labels[index])] += 1 }
      var names = [Int32](repeating: 0, count: found + 1)
      for number in sizes.indices.dropFirst() where sizes[number] >= 200 {
        count += 1
        names[number] = Int32(count)
      }
      for index in labels.indices where own.isIn[index] && names[Int(labels[index])] > 0 {
        numbers[index] = names[Int(labels[index])]
      }
    }
  }

  mutating func rename(_ number: Int, _ other: Int) {
    for index in numbers.indices where numbers[index] == Int32(number) {
      numbers[index] = Int32(other)
    }
  }
}
