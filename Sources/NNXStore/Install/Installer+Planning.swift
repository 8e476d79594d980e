import NNXModel
import NNXSystem

extension Installer {
  /// Decides what an install of `selector` would do.
  ///
  /// Asks Zenodo only for records that no registry describes.
  ///
  /// - Parameters:
  ///   - name: what to call a model from a file, folder or unknown record.
  ///   - web: asks for records that the registry does not know.
  /// - Throws: `unknown-model`, `unknown-version`, `file-not-found`, `usage` (a name that cannot be,
  ///   a record of several models), `record-not-found`, `offline`, `unreachable`, `host-refused`.
  package static func plan(
    _ selector: ModelSelector, name: String? = nil, registry: Registry, asking web: Web
  ) throws(NNXError) -> InstallPlan {
    switch try registry.resolve(selector) {
    case .card(let card):
      guard name == nil || name == card.name else {
        throw NNXError(
          .usage, "\(card.name) has its name from the registry; --name is for files and folders")
      }
      return try InstallPlan(card, in: registry)
    case .path(let path):
      return try InstallPlan(path: path, name: name)
    case .published(let address, let known):
      if known.count == 1 { return try InstallPlan(known[0], in: registry) }
      return try InstallPlan(address, name: name, asking: web)
    case .record(let number, let file, let known):
      if known.count == 1 { return try InstallPlan(known[0], in: registry) }
      guard known.isEmpty else {
        throw NNXError(
          .usage, "record \(number) holds the weights of several models",
          details: known.map { "\($0.name): \($0.title)" },
          fixes: known.map { "nnx install \($0.name)" })
      }
      return try InstallPlan(
        record: Zenodo.record(number, asking: web), file: file, name: name)
    }
  }
}
