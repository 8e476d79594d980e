import NNXSystem

extension LabelTable {
  /// The table as a list of objects, as `nnx labels --format json` and run records have it.
  package var json: OrderedJSON {
    .array(
      entries.map { entry in
        .object(
          [.init("value", .int(entry.value)), .init("name", .string(entry.name))] + entry.display)
      })
  }

  /// The labels and regions that a run record tells (docs/format/run-record.md); empty when it tells none.
  /// What has no value and no name is passed over.
  package init(record: OrderedJSON) {
    var entries: [Entry] = []
    var regions: [Region] = []
    for label in record["labels"]?.array ?? [] {
      guard let structure = Structure(json: label) else { continue }
      if let value = structure.value {
        entries.append(Entry(value: value, name: structure.name, json: label))
      }
      if structure.kind == .region, regions.count < LabelTable.mostRegions {
        regions.append(Region(name: structure.name, values: structure.values))
      }
    }
    self.init(entries, regions: regions)
  }
}

extension LabelTable.Entry {
  /// - Parameter json: an object with colour and codes, if it has any.
  fileprivate init(value: Int, name: String, json: OrderedJSON) {
    let rgb = json["rgb"]?.array?.compactMap(\.int) ?? []
    let isColour = rgb.count == 3 && rgb.allSatisfy((0...255).contains)
    let terms = (json["codes"]?.members ?? []).compactMap { code in
      LabelTable.Term(role: code.key, json: code.value)
    }
    self.init(value: value, name: name, rgb: isColour ? rgb : nil, terms: terms)
  }

  /// Colour and codes as members of an object.
  package var display: [OrderedJSON.Member] {
    [
      .init("rgb", OrderedJSON(rgb)),
      .init("codes", .object(terms.map { .init($0.role, $0.json) })),
    ]
  }
}

extension LabelTable.Term {
  fileprivate init?(role: String, json: OrderedJSON) {
    guard let value = json["value"]?.string, let scheme = json["scheme"]?.string else { return nil }
    self.init(role: role, value: value, scheme: scheme, meaning: json["meaning"]?.string ?? "")
  }

  fileprivate var json: OrderedJSON {
    ["value": .string(value), "scheme": .string(scheme), "meaning": .string(meaning)]
  }
}
