import NNXSystem

extension PublishedModel {
  /// The command of nnU-Net itself that predicts with this model from the tree that nnx installs.
  ///
  /// The trainer's class must be one that nnU-Net finds: its own are, others come with their authors' code.
  var nnUNetCommand: String {
    let names = folds.map(\.name)
    // v2's default folds are all five; v1's are those that are there, but never `all`.
    let chosen = names.contains { $0 != "all" } ? names.filter { $0 != "all" } : names
    let folds = "-f " + chosen.joined(separator: " ")
    let files = self.folds.map(\.checkpointName)
    switch generation {
    case .v2:
      let other = files.first { $0 != "checkpoint_final.pth" }.map { " -chk \($0)" } ?? ""
      return "nnUNet_results=\"$(nnx path --results)\" nnUNetv2_predict -d \(dataset)"
        + " -c \(configuration) -tr \(trainer) -p \(plans) \(folds)\(other) -i IN -o OUT"
    case .v1:
      let other =
        files.first { $0 != "model_final_checkpoint.model" }
        .map { " -chk \($0.prefix { $0 != "." })" } ?? ""
      let flag = configuration == "3d_cascade_fullres" ? "-ctr" : "-tr"
      return "RESULTS_FOLDER=\"$(nnx path --results-v1)\" nnUNet_predict -t \(dataset)"
        + " -m \(configuration) \(flag) \(trainer) -p \(plans) \(folds)\(other) -i IN -o OUT"
    }
  }
}
