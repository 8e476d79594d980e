import NNXModel
import NNXSystem

/// What a person typed to say which model they mean.
///
/// Decided by the text alone: digits are a Zenodo record, a text with `/`, a leading `.` or `~`, or
/// the ending of an archive is a file or folder, everything else is a name. A folder that is called like a
/// model is written `./name`. `REGISTRY/NAME` looks like a path; the registries decide.
package struct ModelSelector: Equatable, Sendable {
  package enum Target: Equatable, Sendable {
    /// An entry of the registry, perhaps in one version: `liver2-ct@2024.6.11`.
    case name(String, version: String?)
    /// A record or concept on Zenodo, perhaps one file of it.
    case record(Int, file: String?)
    /// A file of another place of publication.
    case published(PublishedAddress)
    /// An archive or a folder.
    case path(String)
  }

  /// As it was typed.
  package let typed: String
  package let target: Target

  /// - Throws: `usage` when the text can be none of these.
  package init(_ typed: String) throws(NNXError) {
    self.typed = typed
    if typed.isEmpty { throw NNXError(.usage, "the name of a model is empty") }
    if let address = PublishedAddress(typed) {
      target = .published(address)
      return
    }
    if let reference = try ZenodoReference(typed) {
      target = .record(reference.record, file: reference.file)
      return
    }
    if Self.looksLikePath(typed) {
      target = .path(typed)
      return
    }
    let parts = typed.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].lowercased()
    let version = parts.count == 2 ? String(parts[1]) : nil
    guard ModelName.isValid(name), version?.isEmpty != true else {
      throw NNXError(
        .usage,
        "'\(typed.excerpt)' is neither the name of a model nor a file, folder or Zenodo record",
        details: ["For names: \(ModelName.rule)"],
        fixes: [
          "See all models with: nnx search", "For a file or folder, write its path: ./\(typed)",
        ])
    }
    target = .name(name, version: version)
  }

  private static func looksLikePath(_ text: String) -> Bool {
    text.contains("/") || text.hasPrefix(".") || text.hasPrefix("~")
      || ArchiveName.isArchive(text)
  }
}

extension Registry {
  /// What a selector stands for.
  package enum Resolution: Equatable, Sendable {
    case card(ModelCard)
    /// A record on Zenodo; `known` are the entries that describe it, with its digests.
    case record(Int, file: String?, known: [ModelCard])
    /// A file of another place of publication; `known` are the entries that name it.
    case published(PublishedAddress, known: [ModelCard])
    /// A zip file or a folder.
    case path(String)
  }

  /// Finds what `selector` stands for.
  ///
  /// - Throws: `unknown-model` with the nearest names; `unknown-version`.
  package func resolve(_ selector: ModelSelector) throws(NNXError) -> Resolution {
    switch selector.target {
    // A folder that is called like a registry's model is written ./REGISTRY/NAME.
    case .path(let path): return card(named: path).map { .card($0) } ?? .path(path)
    case .published(let address): return .published(address, known: cards(from: address))
    case .record(let record, let file):
      let known = cards(fromRecord: record).filter { card in
        file == nil || card.weights.contains { $0.files.contains { $0.key == file } }
      }
      return .record(record, file: file, known: known)
    case .name(let name, let version):
      guard let card = card(named: name) else { throw unknownModel(name) }
      if let version, version != card.version {
        throw NNXError(
          .unknownVersion, "\(card.name) has no version \(version)",
          details: ["The registry has version \(card.version)"],
          fixes: ["nnx install \(card.name)"])
      }
      return .card(card)
    }
  }
}
