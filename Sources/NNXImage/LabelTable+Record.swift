import NNXSystem

extension LabelTable {
  /// The table with the regions of another one, where that has some: of the same values, or, of segments, of those that
  /// are the same by code or name; a region without all of them is none.
  package func takingRegions(of other: LabelTable) -> LabelTable {
    guard !other.regions.isEmpty else { return self }
    guard isOfSegments || other.isOfSegments else {
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
