extension LabelTable {
  /// Several values that are one structure, such as the whole tumour.
  package struct Region: Equatable, Sendable {
    package var name: String
    package var values: [Int]

    package init(name: String, values: [Int]) {
      self.name = name
      self.values = values
    }
  }

  /// More than any model has; what a file may ask for is bounded.
  static let mostRegions = 64

  /// What is measured, listed and compared under one name.
  package struct Structure: Equatable, Sendable {
    package enum Kind: String, Sendable {
      case label
      case region
      /// One value of a region.
      case part
    }

    package var name: String
    /// Of its voxels, ascending.
    package var values: [Int]
    package var kind: Kind
    /// Red, green, blue of each value.
    package var colours: [[Int]]

    package init(name: String, values: [Int], kind: Kind = .label, colours: [[Int]]? = nil) {
      self.name = name
      self.values = values
      self.kind = kind
      self.colours = colours ?? values.map { LabelTable.colour(of: $0) }
    }

    /// The value of a structure that has one.
    package var value: Int? { values.count == 1 ? values[0] : nil }
    /// `3`, or `1+2+3`.
    package var valueText: String { values.map(String.init).joined(separator: "+") }
    package var isNamed: Bool { value.map { LabelTable.isName(name, of: $0) } ?? true }
  }

  /// The regions in their order, then every value that is no region by itself.
  package var structures: [Structure] {
    let whole = regions.map { region in
      let values = Set(region.values).sorted()
      return Structure(
        name: region.name, values: values, kind: .region,
        colours: values.map { self[$0]?.rgb ?? LabelTable.colour(of: $0) })
    }
    let members = Set(whole.flatMap(\.values))
    let alone = Set(whole.compactMap(\.value))
    return whole
      + entries.filter { !alone.contains($0.value) }.map { entry in
        Structure(
          name: entry.name, values: [entry.value],
          kind: members.contains(entry.value) ? .part : .label, colours: [entry.rgb])
      }
  }

  /// Whether somebody gave this name to a value: not `label 7`, which stands for none.
  package static func isName(_ name: String, of value: Int) -> Bool {
    key(name) != "label\(value)"
  }

  /// A name without what people write differently: case, spaces and underscores.
  package static func key(_ name: String) -> String {
    name.lowercased().filter { !$0.isWhitespace && $0 != "_" }
  }
}

extension LabelTable {
  /// The first value to which both tables give names that differ.
  package func contradiction(_ other: LabelTable) -> (own: Entry, other: Entry)? {
    for entry in entries where entry.isNamed {
      if let twin = other[entry.value], twin.isNamed,
        LabelTable.key(twin.name) != LabelTable.key(entry.name)
      {
        return (entry, twin)
      }
    }
    return nil
  }
}

extension LabelTable.Entry {
  package var isNamed: Bool { LabelTable.isName(name, of: value) }
}

extension [LabelTable.Structure] {
  /// The structure that a person names, by its number or its name: labels of one name are one.
  package func named(_ text: String) -> LabelTable.Structure? {
    if let value = Int(text) { return first { $0.values == [value] } }
    let found = filter { LabelTable.key($0.name) == LabelTable.key(text) }
    return found.allSatisfy { $0.kind == .label } ? found.together : found.first
  }

  /// All of them as one, under the first's name; `nil` of none.
  package var together: LabelTable.Structure? {
    guard count > 1, var whole = first else { return first }
    let parts = flatMap { zip($0.values, $0.colours) }.sorted { $0.0 < $1.0 }
    (whole.values, whole.colours) = (parts.map(\.0), parts.map(\.1))
    return whole
  }
}
