import NNXSystem

extension LabelTable {
  /// The table with the regions of another one, where that has some: of the same values, or, where these mean something
  /// else here, of those that are the same by code or name; a region without all of them is none.
  package func takingRegions(of other: LabelTable) -> LabelTable {
    guard !other.regions.isEmpty else { return self }
    guard isNumberedOtherwise(than: other) else {
      return LabelTable(entries, regions: other.regions)
    }
    let taken = other.regions.compactMap { region -> Region? in
      let values = region.values.compactMap { value in
        other[value].flatMap { twin(of: $0)?.value }
      }
      return values.count == region.values.count
        ? Region(name: region.name, values: values) : nil
    }
    return LabelTable(entries, regions: taken, isOfSegments: isOfSegments)
  }

  /// Whether a value here is another there: numbers of segments always are, others where they have another's name.
  package func isNumberedOtherwise(than other: LabelTable) -> Bool {
    guard !isOfSegments, !other.isOfSegments else { return true }
    let places = Dictionary(grouping: other.structures) { LabelTable.key($0.name) }
    return entries.contains { entry in
      guard entry.isNamed, let found = places[LabelTable.key(entry.name)] else { return false }
      return !found.contains { $0.values == [entry.value] }
    }
  }

  /// The one entry that another table's stands for, by code or else by name.
  private func twin(of other: Entry) -> Entry? {
    let alike = other.code.map { code in entries.filter { $0.code == code } } ?? []
    if alike.count == 1 { return alike[0] }
    let named = entries.filter { LabelTable.key($0.name) == LabelTable.key(other.name) }
    return named.count == 1 ? named[0] : nil
  }
}

extension LabelTable.Structure {
  /// As `jsonMembers` writes it; `nil` without a name or a value.
  package init?(json: OrderedJSON) {
    let values =
      json["values"]?.array?.compactMap(\.int) ?? [json["value"]?.int].compactMap(\.self)
    guard let name = json["name"]?.string, !values.isEmpty else { return nil }
    let kind = json["kind"]?.string.flatMap(Kind.init) ?? .label
    self.init(name: name, values: values, kind: kind)
  }

  /// What every list of structures in JSON says first: `value` is null where there are several.
  package var jsonMembers: [OrderedJSON.Member] {
    [
      .init("value", OrderedJSON(value)), .init("values", OrderedJSON(values)),
      .init("kind", .string(kind.rawValue)), .init("name", .string(name)),
    ]
  }
}
