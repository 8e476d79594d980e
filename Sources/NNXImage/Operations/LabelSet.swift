/// Labels that an operation means.
package enum LabelSet: Equatable, Sendable {
  /// All but background.
  case foreground
  case values(Set<Int>)

  /// Whether each label is meant, by its value; 65536 elements.
  var table: [Bool] {
    switch self {
    case .foreground:
      var table = [Bool](repeating: true, count: 65536)
      table[0] = false
      return table
    case .values(let values):
      var table = [Bool](repeating: false, count: 65536)
      for value in values where (0...65535).contains(value) { table[value] = true }
      return table
    }
  }
}

/// Labels that become one.
package struct LabelChange: Equatable, Sendable {
  package var from: LabelSet
  package var to: Int

  package init(from: LabelSet, to: Int) {
    self.from = from
    self.to = to
  }
}

extension LabelMap {
  /// The labels of a set that the map holds.
  package func present(_ labels: LabelSet) -> Set<Int> {
    let counts = histogram
    let table = labels.table
    return Set(counts.indices.filter { counts[$0] > 0 && table[$0] })
  }
}
