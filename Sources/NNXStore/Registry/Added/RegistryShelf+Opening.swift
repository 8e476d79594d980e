import NNXModel
import NNXSystem

extension RegistryShelf {
  /// What the whole process looks models up in.
  ///
  /// - Parameters:
  ///   - named: registries that were asked for by name, file or address; they replace all others.
  ///   - onNote: told when an index is older than it might be, and why.
  /// - Throws: as `merged(with:)`; `file-not-found`, `unreachable`, `offline`, `older-registry`.
  package func open(
    named: [String], onNote: (String) -> Void
  ) throws(NNXError) -> Registry {
    guard !named.isEmpty else { return try merged(with: RegistryLocation.own()) }
    var registries: [Registry] = []
    for text in named { registries.append(try open(text, onNote)) }
    return registries.count == 1 ? registries[0] : Registry(merging: registries)
  }

  /// One registry: an added one by its name, a file, or an address.
  private func open(_ text: String, _ onNote: (String) -> Void) throws(NNXError) -> Registry {
    if let record = try records().first(where: { $0.name == text }) { return try registry(record) }
    let source = try RegistrySource(text)
    guard source.isAddress else { return try Registry(contentsOf: source.document) }
    let shelf = visited
    let known = try shelf.records().first { $0.source == source }
    do throws(NNXError) {
      if let known {
        if let newer = try shelf.newer(known) {
          try shelf.update(known, with: newer)
        } else {
          // When it was last seen is good to know, and no reason to fail where nothing can be written.
          try? shelf.update(known, with: nil)
        }
      } else {
        let key = "a" + Digest.sha256(source.document).prefix(16)
        try shelf.add(shelf.examine(source), name: key, isFirst: false)
      }
    } catch {
      let mayBeOld: [NNXError.Code] = [.offline, .unreachable, .hostRefused, .rateLimited]
      guard let known, mayBeOld.contains(error.code) else { throw error }
      onNote("Using version \(known.version) of \(source.document), seen \(known.checked)")
    }
    guard let record = try shelf.records().first(where: { $0.source == source }) else {
      throw NNXError(.bug, "\(source.document) is not there after it was fetched")
    }
    var registry = try shelf.registry(record)
    registry.name = source.suggestedName
    // Whoever names a registry for one command trusts it for that command.
    registry.hosts = nil
    return registry
  }
}
