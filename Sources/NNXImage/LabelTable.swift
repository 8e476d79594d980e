/// What the values of a segmentation stand for: names, colours and codes.
package struct LabelTable: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var value: Int
    package var name: String
    /// Red, green, blue, 0...255.
    package var rgb: [Int]
    package var terms: [Term]

    package init(value: Int, name: String, rgb: [Int]? = nil, terms: [Term] = []) {
      self.value = value
      self.name = name.allSatisfy(\.isWhitespace) ? "label \(value)" : name
      self.rgb = rgb ?? LabelTable.anatomicalColour(of: name) ?? LabelTable.colour(of: value)
      self.terms = terms
    }
  }

  /// A coded term as DICOM writes it.
  package struct Term: Equatable, Sendable {
    /// `category`, `type`, `modifier`, `region` or `regionModifier`.
    package var role: String
    package var value: String
    /// Coding scheme designator: `SCT` (SNOMED CT) or `NCIt`.
    package var scheme: String
    package var meaning: String

    package init(role: String, value: String, scheme: String, meaning: String) {
      self.role = role
      self.value = value
      self.scheme = scheme
      self.meaning = meaning
    }
  }

  /// In ascending order of their values; without background.
  package private(set) var entries: [Entry]
  /// What several values are together; the values of an entry are its parts then.
  package private(set) var regions: [Region]
  /// Whether the values are the numbers that a file counts its segments by (DICOM-SEG), which mean nothing in another
  /// file.
  package private(set) var isOfSegments = false
  package var isEmpty: Bool { entries.isEmpty }

  package init(_ entries: [Entry] = [], regions: [Region] = [], isOfSegments: Bool = false) {
    self.isOfSegments = isOfSegments
    self.entries = entries.filter { (1...65535).contains($0.value) }.sorted { $0.value < $1.value }
    self.regions = regions.map { region in
      Region(name: region.name, values: region.values.filter { (1...65535).contains($0) })
    }.filter { !$0.values.isEmpty }
  }

  package subscript(value: Int) -> Entry? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].value < value { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].value == value ? entries[low] : nil
  }

  /// The name of a value; `label 7` for one that the table does not have.
  package func name(of value: Int) -> String { self[value]?.name ?? "label \(value)" }

  /// The table with an entry for each of these values.
  package func covering(_ values: some Sequence<Int>) -> LabelTable {
    let missing = Set(values).subtracting(entries.map(\.value))
    return LabelTable(
      entries + missing.map { Entry(value: $0, name: name(of: $0)) }, regions: regions,
      isOfSegments: isOfSegments)
  }

  /// A level of 0 to 255 as a share of 1 with six digits, as files have it.
  static func share(_ level: Int) -> String {
    numberText((Double(level) / 255 * 1e6).rounded() / 1e6)
  }

  /// A colour for a value that has none: the twenty of Kenneth Kelly's list that people tell apart best
  /// (Color Eng. 3(6), 1965), without white and black, in turn. Round values, as labels beyond 400 often are, would
  /// all have one: there every further digit to base 20 counts.
  package static func colour(of value: Int) -> [Int] {
    let kelly = [
      [243, 195, 0], [135, 86, 146], [243, 132, 0], [161, 202, 241], [190, 0, 50], [194, 178, 128],
      [132, 132, 130], [0, 136, 86], [230, 143, 172], [0, 103, 165], [249, 147, 121],
      [96, 78, 151], [246, 166, 0], [179, 68, 108], [220, 211, 0], [136, 45, 23], [141, 182, 0],
      [101, 69, 34], [226, 88, 34], [43, 61, 38],
    ]
    var (place, rest) = (value - 1 + kelly.count, (value - 1) / 400)
    while rest > 0 {
      place += rest % kelly.count
      rest /= kelly.count
    }
    return kelly[place % kelly.count]
  }
}
