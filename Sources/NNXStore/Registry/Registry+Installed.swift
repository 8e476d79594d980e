import NNXModel
import NNXSystem

extension Registry {
  /// The entry that describes an installed model, in the version that is installed: this registry's,
  /// or else the one kept beside the model.
  ///
  /// - Returns: `nil` for models from files and from records that no registry describes.
  package func card(of model: InstalledModel) -> ModelCard? {
    guard model.receipt.source.kind == .registry else { return nil }
    if let card = card(named: model.name), card.version == model.version { return card }
    guard var entry = (try? model.card()).flatMap(\.self)?.members else { return nil }
    // Works that this registry no longer names cannot be cited by their keys.
    if let position = entry.firstIndex(where: { $0.key == "cite" }) {
      let keys = entry[position].value.array?.compactMap(\.string) ?? []
      entry[position].value = OrderedJSON(keys.filter { citations[$0] != nil })
    }
    return try? ModelCard(
      parsing: .object(entry), citations: citations, at: "\(model.path)/\(Receipt.cardName)")
  }

  /// The folds that were published, by set of weights, as the entry of an installed model states them:
  /// without making a card of it where the entry is a text.
  package func folds(of model: InstalledModel) -> [String: [String]] {
    guard model.receipt.source.kind == .registry else { return [:] }
    if let entry = entry(named: model.name), entry["version"]?.string == model.version {
      var folds: [String: [String]] = [:]
      for set in entry["weights"]?.array ?? [] {
        guard let id = set["id"]?.string, let stated = set["folds"]?.array else { continue }
        folds[id] = stated.compactMap { $0.int.map(String.init) }
      }
      return folds
    }
    return card(of: model)?.statedFolds ?? [:]
  }

  /// What a model is called in the store: `text` with an alias of the registry replaced by its name.
  package func installedName(_ text: String) -> String {
    let name = text.prefix { $0 != "@" }
    return (ownName(of: String(name)) ?? String(name)) + text.dropFirst(name.count)
  }

  /// The installed model that a name or an alias means, with or without a version (`name@version`).
  ///
  /// - Throws: `not-installed`; where nothing could be installed by that name either, with the names like it.
  package func find(_ text: String, in store: Store) throws(NNXError) -> InstalledModel {
    do { return try store.find(installedName(text)) } catch {
      let name = String(text.prefix { $0 != "@" })
      guard error.code == .notInstalled, card(named: name) == nil,
        try !store.installed().contains(where: { $0.name == name.lowercased() })
      else { throw error }
      let unknown = unknownModel(name)
      throw NNXError(
        .notInstalled, "\(error.message), and the registry has none of that name",
        details: error.details + unknown.details,
        fixes: unknown.fixes + ["See what is installed with: nnx list"])
    }
  }

  /// The entry of a newer version than the one that is installed from a registry; `nil` when there is
  /// none.
  package func update(for model: InstalledModel) -> ModelCard? {
    guard model.receipt.source.kind == .registry, let card = card(named: model.name),
      versionOrder(model.version, card.version)
    else { return nil }
    return card
  }
}
