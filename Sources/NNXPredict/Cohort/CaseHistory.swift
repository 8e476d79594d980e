/// What the names in a folder of claims tell of a case: which generations there are, and which were given back.
///
/// The highest generation owns the case. Nothing is ever taken away, so that a worker which others gave up for dead
/// sees that it lost.
struct CaseHistory: Equatable, Sendable {
  /// The highest generation; 0 where nobody ever claimed the case.
  private(set) var top = 0
  private var claimed: Set<Int> = []
  private var released: Set<Int> = []

  /// Whether the highest generation was given back.
  var isReleased: Bool { released.contains(top) }

  /// Generations that were not given back, above one.
  func unreleased(above generation: Int = 0) -> [Int] {
    claimed.subtracting(released).filter { $0 > generation }.sorted()
  }

  mutating func add(_ generation: Int, isRelease: Bool) {
    if isRelease { released.insert(generation) } else { claimed.insert(generation) }
    top = max(top, generation)
  }

  /// The case, the generation, and whether it is the mark of a claim that was given back: `NAME.g3`,
  /// `NAME.g3.released`.
  static func parsed(_ name: String) -> (key: String, generation: Int, isRelease: Bool)? {
    let isRelease = name.hasSuffix(CohortPlaces.released)
    let claim = isRelease ? name.dropLast(CohortPlaces.released.count) : name[...]
    let utf8 = claim.utf8
    guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let tail = utf8[utf8.index(after: dot)...]
    guard tail.first == UInt8(ascii: "g"), let number = Int(Substring(tail.dropFirst())),
      number > 0
    else { return nil }
    return (String(claim[..<dot]), number, isRelease)
  }
}
