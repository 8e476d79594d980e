import NNXSystem

extension ModelCard {
  /// DICOM modalities of the inputs, each once, in order; without inputs what is stated of all.
  package var modalities: [String] {
    var seen: Set<String> = []
    return (inputs.map(\.modality) + statedModalities).filter { seen.insert($0).inserted }
  }

  /// The folds of each set of weights, by its id, where the entry states them.
  package var statedFolds: [String: [String]] {
    weights.reduce(into: [:]) { $0[$1.id] = $1.folds?.map(String.init) }
  }

  /// Bytes to download; `nil` when the size of a file is unknown, or what the files are.
  package var downloadSize: Int? {
    let files = weights.flatMap(\.files)
    guard !files.isEmpty else { return nil }
    var total = 0
    for file in files {
      guard let size = file.size else { return nil }
      total += size
    }
    return total
  }

  /// The entry with what follows from it: `commercial`, `downloadBytes`, the works to cite in full.
  package var summaryJSON: OrderedJSON {
    var members = (entry.members ?? []).filter { $0.key != "cite" }
    members.append(.init("commercial", .string(commercialUse.rawValue)))
    members.append(.init("downloadBytes", OrderedJSON(downloadSize)))
    members.append(.init("cite", OrderedJSON(encoding: recordCitations + citations)))
    return .object(members)
  }
}

extension ModelCard.Label {
  /// The name, or what stands in for one that the sources disagree about.
  package var displayName: String {
    if let name { return name }
    let names = alternatives.map { "\($0.name)?" }
    return names.isEmpty ? "label \(value)" : names.joined(separator: " ")
  }
}
