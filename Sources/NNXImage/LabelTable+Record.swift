import NNXSystem

extension LabelTable {
  /// The table with the regions of another one, where that has some.
  package func takingRegions(of other: LabelTable) -> LabelTable {
    LabelTable(entries, regions: other.regions.isEmpty ? regions : other.regions)
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
