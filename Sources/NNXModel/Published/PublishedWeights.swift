import NNXSystem

/// The tensors of a checkpoint, matched one to one with those that a network needs.
///
/// Every parameter is there with the right shape; everything else in the checkpoint is known: a
/// duplicate with the same values, or unused by prediction.
struct PublishedWeights {
  let checkpoint: Checkpoint
  let parameters: [Architecture.Parameter]
  private let names: ParameterNames

  /// - Throws: `unsupported-network` when the checkpoint holds tensors that the network has not;
  ///   `invalid-model` when one is missing or of another shape; `invalid-checkpoint` when a duplicate
  ///   differs from its original.
  init(_ checkpoint: Checkpoint, for description: ModelDescription) throws(NNXError) {
    self.checkpoint = checkpoint
    parameters = description.architecture.parameters
    names = ParameterNames(
      generation: description.generation, architecture: description.architecture)
    try checkRest(description)
    for parameter in parameters { try checkShape(parameter) }
  }

  /// The values of a parameter in C order.
  ///
  /// - Throws: `invalid-checkpoint`, `unreadable`.
  func values(_ parameter: Architecture.Parameter) throws(NNXError) -> [Float] {
    try checkpoint.values(names.published(parameter.name))
  }

  private func checkShape(_ parameter: Architecture.Parameter) throws(NNXError) {
    let name = names.published(parameter.name)
    guard let tensor = checkpoint.tensors[name] else {
      throw NNXError(
        .invalidModel, "\(checkpoint.path) does not fit its plans: the tensor '\(name)' is missing")
    }
    // A two-dimensional kernel gets a leading extent of 1; FRN3D keeps its vectors as (1, c, 1, 1, 1).
    let shape =
      switch (tensor.shape.count, parameter.shape.count) {
      case (4, 5): Array(tensor.shape[..<2] + [1] + tensor.shape[2...])
      case (5, 1) where tensor.shape[1] == tensor.shape.reduce(1, *): [tensor.shape[1]]
      default: tensor.shape
      }
    guard shape == parameter.shape else {
      throw NNXError(
        .invalidModel,
        "\(checkpoint.path) does not fit its plans: the tensor '\(name)' is \(tensor.shape)"
          + " instead of \(parameter.shape)")
    }
  }

  private func checkRest(_ description: ModelDescription) throws(NNXError) {
    let wanted = Set(parameters.map { names.published($0.name) })
    var unknown: [String] = []
    for name in checkpoint.tensors.keys.sorted() where !wanted.contains(name) {
      if names.isUnused(name) { continue }
      guard let original = names.original(of: name),
        wanted.contains(original) || names.isUnused(original)
      else {
        unknown.append(printable(name))
        continue
      }
      if wanted.contains(original) { try checkDuplicate(name, original) }
    }
    guard unknown.isEmpty else {
      let shown = unknown.prefix(5).joined(separator: ", ") + (unknown.count > 5 ? ", …" : "")
      throw .unsupported(
        description.trainer, from: description.dataset,
        details: ["\(unknown.count) of its tensors belong to another network: \(shown)"])
    }
  }

  private func checkDuplicate(_ name: String, _ original: String) throws(NNXError) {
    guard let tensor = checkpoint.tensors[original], checkpoint.tensors[name] != tensor else {
      return
    }
    guard checkpoint.tensors[name]?.shape == tensor.shape,
      try checkpoint.values(name) == checkpoint.values(original)
    else {
      throw .invalidCheckpoint(
        checkpoint.path, "'\(name)' differs from '\(original)', which it should repeat")
    }
  }
}
