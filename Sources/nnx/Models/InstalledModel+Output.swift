import NNXModel
import NNXStore
import NNXSystem

/// Folds that are installed, and those that were published, over all sets of weights.
struct FoldCount {
  /// Names of the installed folds, each once.
  let have: [String]
  /// Names of the published folds: as the entry states them, else those of the archive.
  let all: [String]
  /// Installed and published folds, summed over the sets.
  private let counts: (have: Int, all: Int)

  /// - Parameter stated: folds that the entry states, by set of weights.
  init(_ model: InstalledModel, stated: [String: [String]]) {
    var have: Set<String> = []
    var all: Set<String> = []
    var counts: (have: Int, all: Int) = (0, 0)
    for set in model.receipt.sets {
      let own = Set(set.configurations.flatMap(\.folds))
      have.formUnion(own)
      counts.have += own.count
      let published = stated[set.id].map(Set.init) ?? Set(set.configurations.flatMap(\.published))
      counts.all += published.count
      all.formUnion(published)
    }
    for id in model.receipt.lacking { counts.all += stated[id]?.count ?? 1 }
    self.have = have.sorted()
    self.all = all.sorted()
    self.counts = counts
  }

  /// `1/5`; `5` when the entry states fewer than there are.
  var text: String {
    counts.all >= counts.have ? "\(counts.have)/\(counts.all)" : "\(counts.have)"
  }

  /// Whether folds that were published are not installed.
  var isPartial: Bool { counts.have < counts.all }

  var json: Members {
    func names(_ names: [String]) -> OrderedJSON {
      .array(names.map { name in Int(name).map { .int($0) } ?? .string(name) })
    }
    return ["have": names(have), "all": names(all)]
  }
}

extension InstalledModel {
  /// - Parameter folds: those that there could be.
  func state(_ folds: FoldCount) -> State {
    let state = state
    return state == .ok && folds.isPartial ? .partial : state
  }

  /// The model in the answers of programs, when no entry is at hand.
  var listJSON: Members { listJSON(FoldCount(self, stated: [:])) }

  /// The model in the answers of programs.
  ///
  /// - Parameter folds: as the entry that describes it states them.
  func listJSON(_ folds: FoldCount) -> Members {
    [
      "name": name, "version": version, "title": receipt.title, "organs": receipt.organs,
      "modality": receipt.modalities.first, "modalities": receipt.modalities,
      "folds": folds.json,
      "configurations": receipt.sets.flatMap(\.configurations).map {
        ["name": $0.name, "trainer": $0.trainer, "folds": $0.folds] as Members
      },
      "bytes": receipt.bytes, "licenses": receipt.licenses,
      "commercial": CommercialUse(receipt.licenses).rawValue, "state": state(folds).rawValue,
      "installedAt": receipt.installed, "digest": receipt.digest, "path": path,
      "default": isDefault, "shared": isShared,
    ] + lackingJSON
  }

  /// Ids of the networks that were left out, where there are any.
  var lackingJSON: Members { receipt.lacking.isEmpty ? [:] : ["lacking": receipt.lacking] }

  /// What a run record says about the model.
  var identity: Members {
    [
      "name": name, "version": version, "digest": receipt.digest,
      "source": receipt.source.archives.map {
        [
          "file": $0.key, "from": $0.from, "record": $0.record, "doi": $0.doi, "md5": $0.md5,
          "sha256": $0.sha256,
        ] as Members
      },
      "licenses": receipt.licenses,
    ]
  }
}

extension License {
  /// The licence of the weights in a word: `CC-BY`, or `?conflict` when sources disagree.
  static func summary(_ licenses: [License]) -> String {
    let stated = licenses.filter { $0.scope == .weights || $0.scope == nil }
    if CommercialUse(stated) == .conflict { return "?conflict" }
    let spdx = Set(stated.map(\.spdx)).sorted().first ?? "unknown"
    // `CC-BY-NC-4.0` is too long for a column; `nnx info` has the version.
    return spdx.hasPrefix("CC-BY") ? String(spdx.prefix { !$0.isNumber }.dropLast()) : spdx
  }
}
