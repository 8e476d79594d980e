import NNXModel

/// An installed model of which the registry has a newer version.
package struct Outdated: Sendable {
  package let model: InstalledModel
  package let latest: ModelCard
  package let change: ModelChange

  /// The models whose default version is older than the registry's.
  ///
  /// Models from files and from records that no registry describes have no newer version.
  package static func find(_ installed: [InstalledModel], in registry: Registry) -> [Outdated] {
    installed.filter(\.isDefault).compactMap { model in
      registry.update(for: model).map { latest in
        Outdated(
          model: model, latest: latest,
          change: ModelChange(from: registry.card(of: model), to: latest))
      }
    }
  }
}
