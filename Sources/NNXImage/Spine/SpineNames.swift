/// Discs whose names are known: by the classes of the network, or by a localizer.
struct SpineLandmarks {
  /// The name of a disc by its number.
  private(set) var found: [Int: Int] = [:]

  private static let names: [UInt8: Int] = [2: 63, 3: 71, 4: 91, 5: 100]

  /// - Parameters:
  ///   - order: of the discs, from above.
  ///   - localizer: names on the same grid.
  /// - Throws: `noLandmark`.
  init(
    _ volume: SpineVolume, _ discs: SpineParts, _ order: [Int], _ localizer: SpineVolume?
  ) throws(SpineLabelling.Problem) {
    if let localizer { locate(localizer, discs, order) }
    if found.isEmpty {
      find(volume, discs, Self.inUse(volume, discs, order, hasLocalizer: localizer != nil))
    }
    guard !found.isEmpty else { throw .noLandmark }
  }

  private static func inUse(
    _ volume: SpineVolume, _ discs: SpineParts, _ order: [Int], hasLocalizer: Bool
  ) -> [UInt8] {
    var classes: [UInt8] = hasLocalizer ? [2, 5] : [2, 5, 3, 4]
    let all = volume.values.indices
    let isHighest = all.contains {
      discs.numbers[$0] == Int32(order[0]) && volume.values[$0] == 2
    }
    if !isHighest { classes.removeAll { $0 == 2 } }
    if let first = all.first(where: { volume.values[$0] == 5 && discs.numbers[$0] > 0 }),
      let place = order.firstIndex(of: Int(discs.numbers[first]))
    {
      let count = volume.values.count { $0 == 5 }
      let isNotLast = order[(place + 1)...].contains { number in
        10 * discs.numbers.count { $0 == Int32(number) } > count
      }
      if isNotLast { classes.removeAll { $0 == 5 } }
    }
    return classes
  }

  private mutating func locate(_ localizer: SpineVolume, _ discs: SpineParts, _ order: [Int]) {
    let meant = localizer.values.indices.filter {
      (63...100).contains(localizer.values[$0]) && discs.numbers[$0] > 0
    }
    for name in [63, 71, 91, 100] {
      let own = meant.filter { localizer.values[$0] == name }
      if !own.isEmpty { found[mostFrequent(own.lazy.map { Int(discs.numbers[$0]) })] = name }
    }
    guard found.isEmpty else { return }
    for number in order {
      let own = meant.filter { discs.numbers[$0] == Int32(number) }
      if !own.isEmpty {
        found[number] = mostFrequent(own.lazy.map { Int(localizer.values[$0]) })
        return
      }
    }
  }

  private mutating func find(_ volume: SpineVolume, _ discs: SpineParts, _ classes: [UInt8]) {
    for (place, value) in classes.enumerated() {
      if !found.isEmpty, place > 1 { return }
      let own = volume.values.indices.filter { volume.values[$0] == value }
      guard own.count > 200 else { continue }
      let number = mostFrequent(own.lazy.map { Int(discs.numbers[$0]) })
      let inside = volume.values.indices.filter {
        (2...5).contains(volume.values[$0]) && discs.numbers[$0] == Int32(number)
      }
      if mostFrequent(inside.lazy.map { Int(volume.values[$0]) }) == Int(value) {
        found[number] = Self.names[value]
      }
    }
  }
}

/// The most frequent of some numbers, the smallest of equal ones; 0 of none.
private func mostFrequent(_ numbers: some Sequence<Int>) -> Int {
  var counts: [Int: Int] = [:]
  for number in numbers { counts[number, default: 0] += 1 }
  return counts.min { (-$0.value, $0.key) < (-$1.value, $1.key) }?.key ?? 0
}

/// Names of discs and vertebrae, from above.
enum SpineNames {
  private static let usualDiscs = Array(63...67) + Array(71...82) + Array(91...95) + [100]
  private static let allDiscs = Array(63...67) + Array(71...82) + Array(91...96) + [100]
  private static let usualVertebrae =
    [11, 12] + Array(13...17) + Array(21...32) + Array(41...45) + [50]
  private static let allVertebrae =
    [11, 12] + Array(13...17) + Array(21...32) + Array(41...46) + [50]

  /// The names of discs, by their numbers.
  ///
  /// - Parameter order: of the discs, from above.
  /// - Throws: `unknownName`.
  static func discs(
    _ order: [Int], _ landmarks: [Int: Int]
  ) throws(SpineLabelling.Problem) -> [Int: Int] {
    var names: [Int: Int] = [:]
    for (place, number) in order.enumerated() {
      guard let name = landmarks[number] else { continue }
      if names.isEmpty {
        guard let usual = usualDiscs.firstIndex(of: name) else { throw .unknownName(name) }
        give(order[max(0, place - usual)...], usualDiscs[max(0, usual - place)...], &names)
      }
      guard let first = allDiscs.firstIndex(of: name) else { throw .unknownName(name) }
      give(order[place...], allDiscs[first...], &names)
    }
    return names
  }

  private static func give(
    _ numbers: some Sequence<Int>, _ list: some Sequence<Int>, _ names: inout [Int: Int]
  ) {
    for (number, name) in zip(numbers, list) { names[number] = name }
  }

  private struct Item {
    let height: Int
    let number: Int
    let isVertebra: Bool
  }

  /// The names of vertebrae, by their numbers: each disc stands for the vertebra below it.
  ///
  /// - Throws: `unknownName`.
  static func vertebrae(
    _ vertebrae: [SpineCentreline.Placed], _ discs: [SpineCentreline.Placed], _ names: [Int: Int]
  ) throws(SpineLabelling.Problem) -> [Int: Int] {
    var items = vertebrae.map { Item(height: $0.height, number: $0.number, isVertebra: true) }
    items += discs.map { Item(height: $0.height, number: $0.number, isVertebra: false) }
    items.sort {
      ($0.height, $0.number, $0.isVertebra ? 1 : 0) > ($1.height, $1.number, $1.isVertebra ? 1 : 0)
    }
    repair(&items)
    var result: [Int: Int] = [:]
    var current = 0
    for (place, item) in items.enumerated() {
      guard !item.isVertebra else {
        guard current > 0 else { continue }
        let isLast = place == items.count - 1 && place > 0 && items[place - 1].isVertebra
        guard let index = allVertebrae.firstIndex(of: current) else { throw .unknownName(current) }
        result[item.number] =
          isLast && index < allVertebrae.count - 1 ? allVertebrae[index + 1] : current
        continue
      }
      guard let name = names[item.number], let disc = allDiscs.firstIndex(of: name) else {
        continue
      }
      current = allVertebrae[disc + 2]
      if place > 0, result.isEmpty {
        guard let index = usualVertebrae.firstIndex(of: current) else {
          throw .unknownName(current)
        }
        let above = items[..<place].reversed().filter(\.isVertebra).map(\.number)
        give(above, usualVertebrae[..<index].reversed(), &result)
      }
    }
    return result
  }

  /// Puts discs and vertebrae in turns where two of one kind follow each other.
  private static func repair(_ items: inout [Item]) {
    func isVertebra(_ index: Int) -> Bool { items[index].isVertebra }
    let count = items.count
    for index in 0..<max(count - 1, 0) where !isVertebra(index) && !isVertebra(index + 1) {
      if index < count - 3, isVertebra(index + 2), isVertebra(index + 3) {
        items.swapAt(index + 1, index + 2)
      } else if index > 1, isVertebra(index - 1), isVertebra(index - 2) {
        items.swapAt(index, index - 1)
      }
    }
    guard count > 2 else { return }
    if !isVertebra(0), isVertebra(1), isVertebra(2) { items.swapAt(0, 1) }
    if !isVertebra(count - 1), isVertebra(count - 2), isVertebra(count - 3) {
      items.swapAt(count - 1, count - 2)
    }
  }
}
