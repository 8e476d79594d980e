import NNXModel
import NNXStore
import NNXSystem

extension InstalledModel {
  /// Folds of all sets of weights, as `0 1 2 3 4`, or `5+5` for two sets.
  var foldSummary: String {
    let folds = receipt.sets.flatMap(\.configurations).map(\.folds)
    guard folds.count != 1 else { return folds[0].joined(separator: " ") }
    return folds.map { "\($0.count)" }.joined(separator: "+")
  }

  /// The model in the answers of programs.
  var listJSON: OrderedJSON {
    let configurations = receipt.sets.flatMap(\.configurations)
    return [
      "name": .string(name), "version": .string(version), "title": .string(receipt.title),
      "organs": OrderedJSON(receipt.organs), "modalities": OrderedJSON(receipt.modalities),
      "configurations": .array(
        configurations.map {
          [
            "name": .string($0.name), "trainer": .string($0.trainer),
            "folds": OrderedJSON($0.folds),
          ]
        }),
      "bytes": .int(receipt.bytes), "licenses": .array(receipt.licenses.map(\.json)),
      "commercial": .string(CommercialUse(receipt.licenses).rawValue),
      "state": .string(state.rawValue), "installedAt": .string(receipt.installed),
      "digest": .string(receipt.digest), "path": .string(path), "default": .bool(isDefault),
      "shared": .bool(isShared),
    ]
  }

  /// What a run record says about the model.
  var identity: OrderedJSON {
    [
      "name": .string(name), "version": .string(version), "digest": .string(receipt.digest),
      "source": .array(
        receipt.source.archives.map {
          [
            "file": .string($0.key), "from": .string($0.from), "record": OrderedJSON($0.record),
            "doi": OrderedJSON($0.doi), "md5": OrderedJSON($0.md5), "sha256": .string($0.sha256),
          ]
        }),
      "licenses": .array(receipt.licenses.map(\.json)),
    ]
  }
}

extension License {
  /// The licence of the weights in a word: `CC-BY-4.0`, or `?conflict` when sources disagree.
  static func summary(_ licenses: [License]) -> String {
    let stated = licenses.filter { $0.scope == .weights || $0.scope == nil }
    if CommercialUse(stated) == .conflict { return "?conflict" }
    return Set(stated.map(\.spdx)).sorted().first ?? "unknown"
  }

  /// The statement in the answers of programs.
  var json: OrderedJSON {
    [
      "spdx": .string(spdx), "statedBy": .string(statedBy), "url": OrderedJSON(url),
      "scope": OrderedJSON(scope?.rawValue),
    ]
  }
}
