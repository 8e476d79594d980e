import NNXModel
import NNXSystem

/// Why a model is there: what people and lock files asked for, and which licences were accepted.
///
/// Lies in `asked/NAME.json`, beside the models, because receipts never change after the install.
package struct Reasons: Codable, Equatable, Sendable {
  package enum Asker: Equatable, Sendable {
    case person
    /// Path of a lock file.
    case lock(String)
  }

  /// A licence that was accepted.
  package struct Acceptance: Codable, Equatable, Sendable {
    /// SPDX identifier.
    package var spdx: String
    /// `asked`, `--accept-license`, `not asked: no terminal`.
    package var how: String
    package var at: String
  }

  @EmptyWhenAbsent package var askers: [Asker] = []
  @EmptyWhenAbsent package var accepted: [Acceptance] = []

  private enum CodingKeys: String, CodingKey {
    case askers = "askedBy"
    case accepted
  }

  package init() {}

  static let schema = 1
}

extension Reasons.Asker: Codable {
  private enum CodingKeys: CodingKey { case kind, path }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self =
      try members.decode(String.self, forKey: .kind) == "person"
      ? .person : .lock(members.decode(String.self, forKey: .path))
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .person: try members.encode("person", forKey: .kind)
    case .lock(let path):
      try members.encode("lock", forKey: .kind)
      try members.encode(path, forKey: .path)
    }
  }
}

extension Store {
  private func reasonsFile(_ name: String) -> String { "\(location.data)/asked/\(name).json" }

  /// Why the model `name` is there, as far as it was written down.
  package func reasons(for name: String) -> Reasons {
    (try? OrderedJSON(contentsOf: reasonsFile(name)).decode(Reasons.self)) ?? Reasons()
  }

  /// Writes down who asked for a model and which licences were accepted; nothing when that is known.
  ///
  /// - Parameters:
  ///   - asker: `nil` when it was only renewed.
  ///   - accepted: SPDX identifiers.
  ///   - how: they were accepted.
  /// - Throws: `cannot-write`, `no-space`.
  package func note(
    _ asker: Reasons.Asker?, for name: String, accepted: [String] = [], how: String = ""
  ) throws(NNXError) {
    let lock = try location.lock(name)
    defer { withExtendedLifetime(lock) {} }
    var reasons = reasons(for: name)
    let before = reasons
    if let asker, !reasons.askers.contains(asker) { reasons.askers.append(asker) }
    for spdx in accepted where !reasons.accepted.contains(where: { $0.spdx == spdx }) {
      reasons.accepted.append(
        Reasons.Acceptance(spdx: spdx, how: how, at: ProcessFacts.timestamp))
    }
    guard reasons != before else { return }
    try Folder.create("\(location.data)/asked")
    let json = OrderedJSON(encoding: reasons, schema: Reasons.schema)
    try AtomicFile.write(json.text(pretty: true) + "\n", to: reasonsFile(name))
  }

  /// Forgets the reasons for models that are not there any more.
  func forgetReasons() {
    let folder = "\(location.data)/asked"
    for file in (try? Folder.entries(folder)) ?? [] where file.hasSuffix(".json") {
      let name = String(file.dropLast(5))
      guard ModelName.isValid(name), Folder.kind("\(location.data)/models/\(name)") == nil else {
        continue
      }
      try? Folder.remove("\(folder)/\(file)")
    }
  }
}

extension InstalledModel {
  /// Names of the models that this one's recipe needs, as its entry in the registry said at install.
  var requirements: [String] {
    let names = (try? card())?["requires"]?.array?.compactMap(\.string) ?? []
    return names.map { String($0.split(separator: "@").first ?? "") }
  }
}

extension Store {
  /// Names of the installed models whose recipes need the model `name`.
  ///
  /// - Throws: `unreadable`.
  package func requirers(of name: String) throws(NNXError) -> [String] {
    let models = try installed()
    let shared = models.filter { $0.isShared && $0.requirements.contains(name) }.map(\.name)
    let own =
      (try? catalogue().requirers(of: name))
      ?? models.filter { !$0.isShared && $0.requirements.contains(name) }.map(\.name)
    return Set(own + shared).subtracting([name]).sorted()
  }

  /// Makes an installed version the one that the bare name means.
  ///
  /// - Parameter text: `liver2-ct@2024.6.11`.
  /// - Throws: `not-installed`; `cannot-write` for models of a shared store.
  package func use(_ text: String) throws(NNXError) -> InstalledModel {
    let model = try find(text)
    guard !model.isShared else {
      throw NNXError(
        .cannotWrite, "\(model.name) \(model.version) lies in the shared store at \(model.path)",
        fixes: ["Name the version where you use it: -m \(model.name)@\(model.version)"])
    }
    try select(model)
    return model
  }
}
