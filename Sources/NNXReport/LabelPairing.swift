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

  package var name: String { structure.name }

  package init(_ structure: LabelTable.Structure, first: [Int], second: [Int]) {
    self.structure = structure
    self.first = first
    self.second = second
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
/// carry names, by number where one does not, and always as a person says.
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

  /// - Parameters:
  ///   - first, second: tables that have all values of their segmentations.
  ///   - names: what the segmentations are called in notes.
  /// - Throws: `usage` when a match names a label that there is not, or one twice.
  init(
    _ first: LabelTable, _ second: LabelTable, matches: [LabelMatch] = [],
    names: (first: String, second: String) = ("the first", "the second")
  ) throws(NNXError) {
    let hasNames = (
      first.structures.contains(where: \.isNamed), second.structures.contains(where: \.isNamed)
    )
    self.names = names
    // Where one side is without names, its numbers mean what the other side's do; where one is without
    // regions, the other's are those.
    own =
      hasNames.0
      ? first.takingRegions(of: first.regions.isEmpty ? second : first).structures
      : second.covering(first.entries.map(\.value)).structures
    other =
      hasNames.1
      ? second.takingRegions(of: second.regions.isEmpty ? first : second).structures
      : first.covering(second.entries.map(\.value)).structures
    partners = .init(repeating: nil, count: own.count)
    taken = .init(repeating: false, count: other.count)
    try take(matches)
    pairByCode(first, second)
    if hasNames.0, hasNames.1 {
      pairByName()
      pairPartsByNumber()
      noteRegions(first, second)
      noteContradictions(first, second)
    } else {
      let nameless =
        hasNames.0
        ? "\(names.second) carries no names"
        : hasNames.1 ? "\(names.first) carries no names" : "neither file carries names"
      notes.append("\(nameless): labels are paired by number")
    }
    pairByNumber(areNamed: hasNames.0 && hasNames.1)
    // A number that the other side does not use is as good as its own.
    func free(_ values: [Int], in table: LabelTable) -> [Int] {
      values.allSatisfy { table[$0] == nil } ? values : []
    }
    for (index, structure) in own.enumerated() {
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
          second: partner?.values ?? free(structure.values, in: second)))
    }
    for (index, structure) in other.enumerated() where !taken[index] {
      var structure = structure
      if let value = structure.value { structure.name = second.name(of: value) }
      pairs.append(
        LabelPair(structure, first: free(structure.values, in: first), second: structure.values))
    }
  }

  private mutating func pair(_ index: Int, _ partner: Int) {
    partners[index] = partner
    taken[partner] = true
  }

  private mutating func take(_ matches: [LabelMatch]) throws(NNXError) {
    for match in matches {
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
    guard let found = structures.named(text),
      let place = structures.firstIndex(where: { $0 == found })
    else {
      throw NNXError(
        .usage, "\(file) has no label '\(text)'",
        details: ["it has " + shortList(structures.map { "\($0.valueText) \($0.name)" })])
    }
    return place
  }

  /// Labels that alone have a code in their files: what DICOM segmentations are matched by.
  private mutating func pairByCode(_ first: LabelTable, _ second: LabelTable) {
    func codes(_ structures: [LabelTable.Structure], _ table: LabelTable) -> [String: [Int]] {
      var places: [String: [Int]] = [:]
      for (index, structure) in structures.enumerated() {
        guard let code = structure.value.flatMap({ table[$0]?.code }) else { continue }
        places[code, default: []].append(index)
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

extension LabelTable.Entry {
  /// What its codes say that it is, as a text to compare; `nil` without a type, and for tissue, which is what
  /// labels are called that nobody has a code for.
  fileprivate var code: String? {
    let parts = ["type", "modifier", "region", "regionModifier"].map { role in
      terms.first { $0.role == role }.map { "\($0.scheme) \($0.value)" } ?? ""
    }
    return ["", "SCT 85756007"].contains(parts[0]) ? nil : parts.joined(separator: ", ")
  }
}

/// The first of some words, and how many more there are.
package func shortList(_ words: [String], most: Int = 12, separator: String = ", ") -> String {
  let rest = words.count - most
  return words.prefix(most).joined(separator: separator)
    + (rest > 0 ? "\(separator)and \(rest) more" : "")
}
