import NNXModel
import NNXSystem

/// Fills sizes and digests of a registry file that were null, from the records and the files
/// themselves.
package struct RegistryPin: Sendable {
  package struct Change: Sendable, Equatable {
    /// Name of the entry.
    package var model: String
    /// Key of the file.
    package var file: String
    /// `size`, `md5` or `sha256`.
    package var field: String
    package var value: String
    /// What stands there already, when it is another value.
    var instead: String?
  }

  /// What is to be filled.
  package private(set) var changes: [Change] = []
  /// Values that are there and differ from what was found; nothing is written then.
  package private(set) var conflicts: [Change] = []

  private let path: String
  private let bytes: [UInt8]
  private let document: OrderedJSON
  private let registry: Registry
  private var edits: [(Range<Int>, String)] = []

  /// - Parameter path: of the registry file.
  /// - Throws: `file-not-found`, `invalid-json`, `invalid-registry`.
  package init(_ path: String) throws(NNXError) {
    self.path = path
    let reader = try FileReader(path)
    bytes = try reader.bytes(at: 0, count: reader.count)
    document = try OrderedJSON(parsing: bytes, source: path)
    registry = try Registry(contentsOf: path)
  }

  /// Looks up the files of some entries.
  ///
  /// - Parameters:
  ///   - names: of the entries; all when empty.
  ///   - fetching: fetch files whose SHA-256 is not known yet.
  /// - Throws: `unknown-model`; what asking Zenodo and fetching throws.
  package mutating func look(
    _ names: [String], fetching: Bool, web: Web, transport: any Transport,
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) {
    let cards =
      try names.isEmpty
      ? registry.models
      : names.map { (name) throws(NNXError) in
        guard let card = registry.card(named: name) else { throw registry.unknownModel(name) }
        return card
      }
    var records: [Int: [RemoteFile]] = [:]
    for card in cards {
      for set in card.weights {
        for file in set.files where file.size == nil || file.md5 == nil || file.sha256 == nil {
          var found = (size: file.size, md5: file.md5, sha256: file.sha256)
          if let number = set.record {
            if records[number] == nil {
              records[number] = try Zenodo().files(of: "\(number)", asking: web)
            }
            let published = records[number] ?? []
            guard let own = published.first(where: { $0.name == file.key }) else {
              throw NNXError(
                .recordNotFound, "record \(number) has no file '\(file.key)'",
                details: published.map(\.name))
            }
            found = (own.size ?? file.size, own.md5 ?? file.md5, file.sha256)
          }
          var remote = try registry.remoteFile(file, of: set)
          let isLocal = EmbeddedFile.isLocal(remote.urls.first)
          if fetching || isLocal, file.sha256 == nil, !conflicts(file, found.size, found.md5) {
            (remote.size, remote.md5) = (found.size, found.md5)
            let chosen: any Transport = isLocal ? LocalTransport() : transport
            let fetched = try chosen.fetch(remote, progress: progress)
            found = (fetched.size, fetched.md5, fetched.sha256)
            fetched.discard()
          }
          note(card.name, set, file, found)
        }
      }
    }
  }

  private func conflicts(_ file: WeightSet.File, _ size: Int?, _ md5: String?) -> Bool {
    (file.size != nil && size != file.size) || (file.md5 != nil && md5 != file.md5)
  }

  private mutating func note(
    _ model: String, _ set: WeightSet, _ file: WeightSet.File,
    _ found: (size: Int?, md5: String?, sha256: String?)
  ) {
    let values = [
      ("size", file.size.map(String.init), found.size.map(String.init), false),
      ("md5", file.md5, found.md5, true), ("sha256", file.sha256, found.sha256, true),
    ]
    for case (let field, let old, .some(let new), let isText) in values where old != new {
      var change = Change(model: model, file: file.key, field: field, value: new)
      if let old {
        change.instead = old
        conflicts.append(change)
        continue
      }
      guard !changes.contains(change) else { continue }
      let places = places(of: set.id, file.key, field)
      guard !places.isEmpty else { continue }
      changes.append(change)
      edits += places.map { ($0, isText ? "\"\(new)\"" : new) }
    }
  }

  /// Where a value of a file stands: a weight set may be in several entries.
  private func places(of set: String, _ key: String, _ field: String) -> [Range<Int>] {
    let text = JSONText(bytes)
    var places: [Range<Int>] = []
    for (model, entry) in (document["models"]?.array ?? []).enumerated() {
      for (index, weights) in (entry["weights"]?.array ?? []).enumerated()
      where weights["id"]?.string == set {
        for (file, object) in (weights["files"]?.array ?? []).enumerated()
        where object["key"]?.string == key && object[field] == OrderedJSON.null {
          let place = text.place(of: [
            .key("models"), .index(model), .key("weights"), .index(index), .key("files"),
            .index(file), .key(field),
          ])
          if let place, !edits.contains(where: { $0.0 == place }) { places.append(place) }
        }
      }
    }
    return places
  }

  /// Writes the file with what was found, in one step; every other byte stays.
  ///
  /// - Throws: `integrity` with the differences when values that are there are not those found;
  ///   `cannot-write`, `no-space`.
  package func write() throws(NNXError) {
    guard conflicts.isEmpty else {
      throw NNXError(
        .integrity, "\(path) states other values than were found",
        details: conflicts.map {
          "\($0.model) \($0.file): \($0.field) is \($0.instead ?? ""), found \($0.value)"
        } + ["Nothing was written."],
        fixes: ["Find out which is right; nnx never changes a value that is there"])
    }
    guard !edits.isEmpty else { return }
    let changed = JSONText.replacing(edits, in: bytes)
    _ = try Registry(
      OrderedJSON(parsing: changed, source: path), source: path, folder: parentFolder(path))
    let file = try AtomicFile(path)
    try file.write(changed)
    try file.commit()
  }
}
