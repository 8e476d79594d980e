import NNXSystem

extension ModelFolder.Entry {
  /// The folds with the weights of one kind of checkpoint.
  ///
  /// - Parameter checkpoint: `final`, `best` or `latest`; `nil`: of each fold the first of these that was
  ///   published.
  /// - Throws: `unknown-checkpoint` when a fold has no such weights.
  package func folds(from checkpoint: String?) throws(NNXError) -> [ModelFolder.Fold] {
    guard let checkpoint else { return folds }
    let matching = (folds + alternatives).filter { $0.kind == checkpoint }
    guard !matching.isEmpty else {
      let present = Set((folds + alternatives).map(\.kind)).sorted().joined(separator: ", ")
      throw NNXError(
        .unknownCheckpoint,
        "\(description.configuration) has no weights of the checkpoint '\(checkpoint)'",
        fixes: ["It has: \(present)"])
    }
    return matching.sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
  }
}

extension ModelFolder.Fold {
  /// `final`, `best` or `latest`: of `checkpoint_best.pth` and `model_best.model`, best.
  package var kind: String {
    ["best", "latest"].first { checkpoint.contains("_\($0).") } ?? "final"
  }
}

extension ModelFolder {
  /// Configurations to run.
  ///
  /// - Parameter names: several are averaged; `nil`: what the publisher recommends, else the usual one
  ///   (see `entry(configuration:)`).
  /// - Throws: `unknown-configuration`.
  package func entries(configurations names: [String]?) throws(NNXError) -> [Entry] {
    guard let names = names ?? recommendation?.configurations else {
      return [try entry(configuration: nil)]
    }
    var chosen: [Entry] = []
    for name in names { chosen.append(try entry(configuration: name)) }
    return chosen
  }
}

extension NNXError.Code {
  package static let unknownCheckpoint = NNXError.Code("unknown-checkpoint", .notFound)
}
