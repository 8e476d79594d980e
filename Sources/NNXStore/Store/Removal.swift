import NNXSystem

extension NNXError.Code {
  /// Another installed model would stop working.
  package static let needed = NNXError.Code("needed", .negative)
}

extension Store {
  /// What `uninstall` would remove.
  ///
  /// - Parameter text: `liver2-ct`, or `liver2-ct@2024.6.11`.
  /// - Throws: `not-installed`; `cannot-write` for models of a shared store.
  package func removal(of text: String) throws(NNXError) -> [StoredModel] {
    let meant = try scan().filter { $0.isMeant(by: text) }
    guard let first = meant.first else {
      // It says what is there instead.
      let other = try find(text)
      throw NNXError(.bug, "\(other.name) is found as \(text.excerpt), and not in the store")
    }
    let own = meant.filter { !$0.isShared }
    guard !own.isEmpty else {
      throw NNXError(
        .cannotWrite, "\(first.name) lies in the shared store \(parentFolder(first.path))",
        fixes: ["Only those who keep that store can remove it"])
    }
    return own
  }

  /// Makes sure that no model that stays needs one that goes.
  ///
  /// - Parameter commandNames: as the user wrote them, for the way out.
  /// - Throws: `needed`, naming who needs it.
  package func checkRequirements(
    removing models: [StoredModel], commandNames: [String]
  ) throws(NNXError) {
    let going = Set(models.map { "\($0.name)@\($0.version)" })
    let staying = try installed().filter { !going.contains("\($0.name)@\($0.version)") }
    for name in Set(models.map(\.name)).sorted() where !staying.contains(where: { $0.name == name })
    {
      let requirers = try requirers(of: name).filter { requirer in
        staying.contains { $0.name == requirer }
      }
      guard requirers.isEmpty else {
        throw NNXError(
          .needed, "\(name) is needed by \(requirers.joined(separator: ", "))",
          fixes: [
            "Remove them together: nnx uninstall \((commandNames + requirers).joined(separator: " "))",
            "Or remove it all the same: nnx uninstall --force \(name)",
          ])
      }
    }
  }
}
