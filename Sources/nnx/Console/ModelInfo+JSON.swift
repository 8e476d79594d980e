import NNXModel
import NNXReport
import NNXStore
import NNXSystem

extension ModelInfo {
  /// The registry's entry, and what is installed; `null` for what there is not.
  var json: OrderedJSON {
    [
      "entry": subject.card?.summaryJSON ?? .null,
      "installed": subject.installed.map(json) ?? .null,
    ]
  }

  private func json(_ model: InstalledModel) -> OrderedJSON {
    let receipt = model.receipt
    let own: [OrderedJSON.Member] = [
      .init("latest", OrderedJSON(subject.update?.version)),
      .init("networks", .array(networks.map { set, entries in json(set, entries) })),
      .init(
        "archives",
        .array(
          receipt.source.archives.map {
            [
              "file": .string($0.key), "from": .string($0.from), "size": .int($0.size),
              "record": OrderedJSON($0.record), "doi": OrderedJSON($0.doi),
              "md5": OrderedJSON($0.md5), "sha256": OrderedJSON($0.sha256),
              "pinned": .bool($0.isPinned),
            ]
          })),
      .init(
        "files",
        .array(
          receipt.files.map {
            ["path": .string($0.path), "size": .int($0.size), "sha256": .string($0.sha256)]
          })),
    ]
    return .object((model.listJSON(card: subject.card).members ?? []) + own)
  }

  private func json(
    _ set: Receipt.WeightsInstalled, _ entries: [ModelFolder.Entry]
  ) -> OrderedJSON {
    [
      "id": .string(set.id), "role": OrderedJSON(set.role), "nnunet": .int(set.generation),
      "dataset": .string(set.dataset), "unsupported": OrderedJSON(set.unsupported?.message),
      "configurations": .array(
        entries.map { entry in
          let model = entry.description
          return [
            "name": .string(model.configuration), "trainer": .string(model.trainer),
            "plans": .string(model.plans), "channels": OrderedJSON(model.channels),
            "labels": .array(
              labelTable(of: model.labels).structures.map { .object($0.jsonMembers) }),
            "labelsRemark": OrderedJSON(model.labels.gapsRemark),
            "patch": OrderedJSON(model.patch),
            "spacing": .array(model.preprocessing.spacing.map { OrderedJSON($0) }),
            "stages": .int(model.architecture.stages.count),
            "parameters": .int(model.architecture.parameterCount),
            "folds": .array(
              entry.folds.map { fold in
                let check = try? checks?.known(fold, model)
                return [
                  "name": .string(fold.name), "checkpoint": .string(fold.checkpoint),
                  "weights": .string(fold.weights), "sha256": .string(fold.sha256),
                  "kernelCheck": check?.json ?? .null,
                ]
              }),
          ]
        }),
    ]
  }
}
