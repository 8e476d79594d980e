import NNXImage
import NNXSystem

/// A structure with the values that it has in each of two segmentations.
package struct LabelPair: Equatable, Sendable {
  /// As the first has it; as the second, where the first has none.
  package var structure: LabelTable.Structure
  /// Empty where the first has no such structure.
  package var first: [Int]
  /// Empty where the second has none.
  package var second: [Int]
  /// Whether the values of the first, or of the second where the first has none, are numbers of segments, which are
  /// others in each file.
  package var isOfSegments = false

  package var name: String { structure.name }

  package init(
    _ structure: LabelTable.Structure, first: [Int], second: [Int], isOfSegments: Bool = false
  ) {
    self.structure = structure
    self.first = first
    self.second = second
    self.isOfSegments = isOfSegments
  }
}

/// What a person says: `3=5` or `liver=Liver`, the first segmentation's label is that of the second.
package struct LabelMatch: Equatable, Sendable {
  package var first: String
  package var second: String

  package init(first: String, second: String) {
    self.first = first
    self.second = second
  }

  /// - Parameter text: `nil` for what is no pair.
  package init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map { String($0) }
    guard parts.count == 2, parts.allSatisfy({ !LabelTable.key($0).isEmpty }) else { return nil }
    (first, second) = (parts[0], parts[1])
  }
}

/// Which structures of two segmentations are compared: by code where both carry codes, by name where both
/// carry names, by number where one does not, and always as a person says. Segments of DICOM are never paired by their
/// numbers, which are others in each file. Labels of one name are one structure, unless both files number them alike.
struct LabelPairing: Sendable {
  private(set) var pairs: [LabelPair] = []
  /// What a person should know about how they were found, one line each.
  private(set) var notes: [String] = []

  private let own: [LabelTable.Structure]
  private let other: [LabelTable.Structure]
  private let names: (first: String, second: String)
  /// For each structure of the first the place of its partner in the second.
  private var partners: [Int?]
  private var taken: [Bool]
  /// Whether one of the two counts segments.
  private let areSegments: Bool

  /// - Parameters:
  ///   - first, second: tables that have all values of their segmentations.
  ///   - names: what the segmentations are called in notes.
  /// - Throws: `usage` when a match names a label that there is not, or one twice, and when segments would have to be
  ///   paired by number.
  init(
    _ first: LabelTable, _ second: LabelTable, matches: [LabelMatch] = [],
    names: (first: String, second: String) = ("the first", "the second")
  ) throws(NNXError) {
    let hasNames = (
      first.structures.contains(where: \.isNamed), second.structures.contains(where: \.isNamed)
    )
    self.names = names
    let areSegments = first.isOfSegments || second.isOfSegments
    self.areSegments = areSegments
    // A label without voxels is in no table without names.
    func known(_ table: LabelTable, _ numbers: [String]) -> LabelTable {
      areSegments && !table.isOfSegments ? table.covering(numbers.compactMap { Int($0) }) : table
    }
    let (first, second) = (
      hasNames.0 ? first : known(first, matches.map(\.first)),
      hasNames.1 ? second : known(second, matches.map(\.second))
    )
    // Where one side is without names, its numbers mean what the other side's do; where one is without
    // regions, the other's are those.
    let left =
      hasNames.0
      ? first.takingRegions(of: first.regions.isEmpty ? second : first).structures
      : (areSegments ? first : second.covering(first.entries.map(\.value))).structures
    let right =
      hasNames.1
      ? second.takingRegions(of: second.regions.isEmpty ? first : second).structures
      : (areSegments ? second : first.covering(second.entries.map(\.value))).structures
    let apart = Self.numberedAlike(left, right, areSegments, matches)
    (own, other) = (Self.together(left, but: apart), Self.together(right, but: apart))
    partners = .init(repeating: nil, count: own.count)
    taken = .init(repeating: false, count: other.count)
    var lost: [String] = []
    for (structures, whole, file) in [(left, own, names.first), (right, other, names.second)]
    where whole.count < structures.count {
      let several = whole.filter { $0.kind == .label && $0.values.count > 1 }
      notes.append(
        "labels of one name in \(file) are taken together: "
          + shortList(several.map { "\($0.name) (\($0.valueText))" }))
    }
    try take(matches)
    pairByCode(first, second)
    if hasNames.0, hasNames.1 {
      pairByName()
      pairByCode(first, second) { $0.likelyCode }
      let isByNumber =
        first.regions.isEmpty
        ? !first.isNumberedOtherwise(than: second) : !second.isNumberedOtherwise(than: first)
      if isByNumber {
        pairPartsByNumber()
        noteRegions(first, second)
      } else {
        lost = loseRegions(first, second)
      }
      if !areSegments { noteContradictions(first, second) }
    } else if areSegments {
      try refuseNumbers(first, second)
    } else {
      let nameless =
        hasNames.0
        ? "\(names.second) carries no names"
        : hasNames.1 ? "\(names.first) carries no names" : "neither file carries names"
      notes.append("\(nameless): labels are paired by number")
    }
    if !areSegments { pairByNumber(areNamed: hasNames.0 && hasNames.1) }
    // A number that the other side does not use is as good as its own.
    func free(_ values: [Int], in table: LabelTable) -> [Int] {
      !areSegments && values.allSatisfy { table[$0] == nil } ? values : []
    }
    func isLost(_ structure: LabelTable.Structure) -> Bool {
      structure.kind == .region && lost.contains(structure.name)
    }
    for (index, structure) in own.enumerated()
    where partners[index] != nil || !isLost(structure) {
      let partner = partners[index].map { other[$0] }
      var structure = structure
      if let partner {
        // Whoever has no name of its own is what its partner is.
        if partner.isNamed, !(hasNames.0 && structure.isNamed) { structure.name = partner.name }
      } else if !hasNames.0, let value = structure.value {
        // Its name was borrowed from a label that has another partner.
        structure.name = first.name(of: value)
      }
      pairs.append(
        LabelPair(
          structure, first: structure.values,
          second: partner?.values ?? free(structure.values, in: second),
          isOfSegments: first.isOfSegments))
    }
    for (index, structure) in other.enumerated() where !taken[index] && !isLost(structure) {
      var structure = structure
      if let value = structure.value { structure.name = second.name(of: value) }
      pairs.append(
        LabelPair(
          structure, first: free(structure.values, in: first), second: structure.values,
          isOfSegments: areSegments))
    }
  }

  /// Names that stay those of several labels: both files have them with the same numbers, or a person names one by its
  /// number.
  private static func numberedAlike(
    _ own: [LabelTable.Structure], _ other: [LabelTable.Structure], _ areSegments: Bool,
    _ matches: [LabelMatch]
  ) -> Set<String> {
    func values(_ structures: [LabelTable.Structure]) -> [String: [[Int]]] {
      Dictionary(grouping: structures) { LabelTable.key($0.name) }.mapValues { $0.map(\.values) }
    }
    let (first, second) = (values(own), values(other))
    let asked = (
      Set(matches.compactMap { Int($0.first) }), Set(matches.compactMap { Int($0.second) })
    )
    return Set(
      Set(first.keys).union(second.keys).filter { name in
        !areSegments && first[name] == second[name]
          || !asked.0.isDisjoint(with: first[name]?.joined().map(\.self) ?? [])
          || !asked.1.isDisjoint(with: second[name]?.joined().map(\.self) ?? [])
      })
  }

  /// Structures in their order, labels of one name as one in the place of the first.
  private static func together(
    _ structures: [LabelTable.Structure], but apart: Set<String>
  ) -> [LabelTable.Structure] {
    func isShared(_ structure: LabelTable.Structure) -> Bool {
      structure.kind == .label && structure.isNamed
        && !apart.contains(LabelTable.key(structure.name))
    }
    let groups = Dictionary(grouping: structures.filter(isShared)) { LabelTable.key($0.name) }
    var seen: Set<String> = []
    return structures.compactMap { structure in
      guard isShared(structure) else { return structure }
      let key = LabelTable.key(structure.name)
      return seen.insert(key).inserted ? groups[key]?.together : nil
    }
  }

  private mutating func pair(_ index: Int, _ partner: Int) {
    partners[index] = partner
    taken[partner] = true
  }

  private mutating func take(_ matches: [LabelMatch]) throws(NNXError) {
    for match in matches {
      // What a network or a person does not find in a case is no segment of its file.
      let sides = [(match.first, own, names.first), (match.second, other, names.second)]
      if areSegments, let lacking = sides.first(where: { $0.1.named($0.0) == nil }),
        sides.contains(where: { $0.1.named($0.0) != nil })
      {
        notes.append("\(lacking.2) has no label '\(lacking.0)' of --map")
        continue
      }
      let first = try place(of: match.first, in: own, names.first)
      let second = try place(of: match.second, in: other, names.second)
      guard partners[first] == nil, !taken[second] else {
        throw NNXError(
          .usage, "--map \(match.first)=\(match.second) names a label that has its partner already",
          fixes: ["Give each label one partner"])
      }
      pair(first, second)
    }
  }

  private func place(
    of text: String, in structures: [LabelTable.Structure], _ file: String
  ) throws(NNXError) -> Int {
    let place =
      Int(text).map { value in structures.firstIndex { $0.values == [value] } }
      ?? structures.firstIndex { LabelTable.key($0.name) == LabelTable.key(text) }
    guard let place else {
      throw NNXError(
        .usage, "\(file) has no label '\(text)'",
        details: ["it has " + shortList(structures.map { "\($0.valueText) \($0.name)" })])
    }
    return place
  }

  /// Labels that alone have a code in their files: what DICOM segmentations are matched by.
  private mutating func pairByCode(
    _ first: LabelTable, _ second: LabelTable,
    of code: (LabelTable.Entry) -> String? = { $0.code }
  ) {
    func codes(_ structures: [LabelTable.Structure], _ table: LabelTable) -> [String: [Int]] {
      var places: [String: [Int]] = [:]
      for (index, structure) in structures.enumerated() {
        guard structure.kind != .region || structure.value != nil else { continue }
        let found = Set(structure.values.map { table[$0].flatMap(code) })
        guard found.count == 1, let only = found.first ?? nil else { continue }
        places[only, default: []].append(index)
      }
      return places
    }
    let theirs = codes(other, second)
    for (code, places) in codes(own, first) {
      guard places.count == 1, let found = theirs[code], found.count == 1,
        partners[places[0]] == nil, !taken[found[0]]
      else { continue }
      pair(places[0], found[0])
    }
  }

  private mutating func pairByName() {
    var places: [String: [Int]] = [:]
    for (index, structure) in other.enumerated() where !taken[index] && structure.isNamed {
      places[LabelTable.key(structure.name), default: []].append(index)
    }
    for (index, structure) in own.enumerated() where partners[index] == nil && structure.isNamed {
      let key = LabelTable.key(structure.name)
      let found = (places[key] ?? []).filter { !taken[$0] }
      guard
        let partner = found.first(where: { other[$0].values == structure.values }) ?? found.first
      else { continue }
      pair(index, partner)
    }
  }

  /// Parts of regions have no names of their own: they are what their numbers say.
  private mutating func pairPartsByNumber() {
    for (index, structure) in own.enumerated()
    where partners[index] == nil && structure.kind == .part {
      let partner = other.firstIndex { $0.kind == .part && $0.values == structure.values }
      if let partner, !taken[partner] { pair(index, partner) }
    }
  }

  /// Labels of one number, where at least one has no name of its own.
  private mutating func pairByNumber(areNamed: Bool) {
    var places: [[Int]: Int] = [:]
    for (index, structure) in other.enumerated() where !taken[index] {
      places[structure.values] = index
    }
    for (index, structure) in own.enumerated() where partners[index] == nil {
      guard let partner = places[structure.values], !taken[partner],
        !areNamed || !structure.isNamed || !other[partner].isNamed
      else { continue }
      pair(index, partner)
    }
  }

  /// Says what a side without regions calls the values that are taken for them.
  private mutating func noteRegions(_ first: LabelTable, _ second: LabelTable) {
    guard first.regions.isEmpty != second.regions.isEmpty else { return }
    let (with, without) = first.regions.isEmpty ? (second, first) : (first, second)
    let values = Set(with.regions.flatMap(\.values)).sorted()
    let file = first.regions.isEmpty ? names.first : names.second
    notes.append(
      "\(file) has no regions; its labels "
        + shortList(values.map { "\($0) (\(without.name(of: $0)))" })
        + " are taken for those of " + shortList(with.regions.map(\.name)))
  }

  /// Refuses to pair what has a number alone with segments; a side without a label has nothing to pair.
  private func refuseNumbers(_ first: LabelTable, _ second: LabelTable) throws(NNXError) {
    let (alone, others) = (
      own.indices.filter { partners[$0] == nil }.map { own[$0] },
      other.indices.filter { !taken[$0] }.map { other[$0] }
    )
    guard let left = alone.first, let right = others.first else { return }
    let nameless = first.structures.contains(where: \.isNamed) ? names.second : names.first
    func list(_ structures: [LabelTable.Structure]) -> String {
      shortList(structures.map { $0.isNamed ? "\($0.valueText) \($0.name)" : $0.valueText })
    }
    throw NNXError(
      .usage, "\(nameless) carries no names, and the numbers of DICOM segments are no labels",
      details: ["\(names.first) has \(list(alone))", "\(names.second) has \(list(others))"],
      fixes: ["Say which labels are the same: --map \(left.valueText)=\(right.valueText)"])
  }

  /// The regions of a side of which the labels of the other do not give all: what is there of them is no such region.
  private mutating func loseRegions(_ first: LabelTable, _ second: LabelTable) -> [String] {
    guard first.regions.isEmpty != second.regions.isEmpty else { return [] }
    let regions = first.regions.isEmpty ? second.regions : first.regions
    let structures = first.regions.isEmpty ? own : other
    let key = { LabelTable.key($0) }
    // What is one label there has its name.
    let lost = regions.map(\.name).filter { name in
      !structures.contains { key($0.name) == key(name) }
    }
    if !lost.isEmpty {
      notes.append(
        "\(first.regions.isEmpty ? names.first : names.second) has not all labels of "
          + shortList(lost) + ": not compared")
    }
    return lost
  }

  private mutating func noteContradictions(_ first: LabelTable, _ second: LabelTable) {
    let parts = Set((own + other).filter { $0.kind != .label }.flatMap(\.values))
    let places = Dictionary(own.enumerated().map { ($1.values, $0) }) { first, _ in first }
    let contradictions = first.entries.compactMap { entry -> String? in
      guard !parts.contains(entry.value), let twin = second[entry.value],
        LabelTable.key(twin.name) != LabelTable.key(entry.name),
        entry.isNamed, twin.isNamed,
        let place = places[[entry.value]],
        partners[place].map({ other[$0].values != [entry.value] }) ?? true
      else { return nil }
      return "\(entry.value) is \(entry.name) in \(names.first), \(twin.name) in \(names.second)"
    }
    guard !contradictions.isEmpty else { return }
    notes.append(
      "names contradict numbers, so labels are paired by name: "
        + shortList(contradictions, most: 3, separator: "; "))
    if let alone = own.indices.first(where: { partners[$0] == nil }), taken.contains(false) {
      notes.append("to pair others: --map \(own[alone].valueText)=<number or name>")
    }
  }
}

/// The first of some words, and how many more there are.
package func shortList(_ words: [String], most: Int = 12, separator: String = ", ") -> String {
  let rest = words.count - most
  return words.prefix(most).joined(separator: separator)
    + (rest > 0 ? "\(separator)and \(rest) more" : "")
}
