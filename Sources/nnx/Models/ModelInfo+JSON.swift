import NNXImage
import NNXModel
import NNXPredict
import NNXReport
import NNXStore
import NNXSystem

extension ModelInfo {
  /// The registry's entry, and what is installed; `null` for what there is not.
  var json: Members {
    ["entry": subject.card?.summaryJSON, "installed": subject.installed.map(json)]
  }

  private func json(_ model: InstalledModel) -> Members {
    let receipt = model.receipt
    return model.listJSON(FoldCount(model, stated: subject.card?.statedFolds ?? [:])) + [
      "latest": subject.update?.version, "networks": networks.map(json),
      "archives": receipt.source.archives.map {
        [
          "file": $0.key, "from": $0.from, "size": $0.size, "record": $0.record, "doi": $0.doi,
          "md5": $0.md5, "sha256": $0.sha256, "pinned": $0.isPinned,
        ] as Members
      },
      "files": receipt.files.map {
        ["path": $0.path, "size": $0.size, "sha256": $0.sha256] as Members
      },
    ]
  }

  private func json(
    _ set: Receipt.WeightsInstalled, _ entries: [ModelFolder.Entry]
  ) -> Members {
    [
      "id": set.id, "role": set.role, "nnunet": set.generation, "dataset": set.dataset,
      "unsupported": set.unsupported?.message,
      "configurations": entries.map { entry in
        let model = entry.description
        return [
          "name": model.configuration, "trainer": model.trainer, "plans": model.plans,
          "channels": model.channels,
          "labels": labelTable(of: model.labels).structures.map {
            OrderedJSON.object($0.jsonMembers)
          },
          "labelsRemark": model.labels.gapsRemark, "patch": model.patch,
          "spacing": model.preprocessing.spacing,
          "stages": model.architecture.stages.count,
          "parameters": model.architecture.parameterCount,
          "folds": entry.folds.map { fold in
            let check = try? checks?.known(fold, model)
            return [
              "name": fold.name, "checkpoint": fold.checkpoint, "weights": fold.weights,
              "sha256": fold.sha256, "kernelCheck": check?.json,
            ] as Members
          },
        ] as Members
      },
    ]
  }
}
