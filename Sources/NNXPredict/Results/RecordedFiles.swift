import NNXSystem

/// What a run record says of the files that its run wrote, held against what lies there.
struct RecordedFiles {
  /// Of schema `nnx.run/1`.
  let json: OrderedJSON
  /// Path and SHA-256 of each file, the record itself not counted.
  let files: [(path: String, sha256: String)]
  /// Digests of files of nnx that the run replaced: those of a run that was killed while it did so may
  /// still be there.
  private let replaced: Set<String>

  /// - Parameter record: path of a record; `nil` where there is none, or another file.
  init?(_ record: String) {
    guard Folder.isFolder(record) == false, let json = try? OrderedJSON(contentsOf: record),
      json["schema"]?.string?.hasPrefix("nnx.run/") == true
    else { return nil }
    self.json = json
    let folder = parentFolder(record)
    files = (json["files"]?.array ?? []).compactMap { file in
      guard let path = file["path"]?.string, let digest = file["sha256"]?.string else { return nil }
      return (path.hasPrefix("/") ? path : "\(folder)/\(path)", digest)
    }
    replaced = Set(json["replaced"]?.array?.compactMap(\.string) ?? [])
  }

  /// What a record says of a file: its path beside the record by name, elsewhere absolute.
  static func entry(_ path: String, sha256: String, in record: String) -> OrderedJSON {
    let isBeside = parentFolder(path) == parentFolder(record)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return [
      "path": .string(isBeside ? name : Folder.resolved(path)), "sha256": .string(sha256),
    ]
  }

  /// Whether a file is there as this run wrote it, and not as one did that it replaced.
  func isAsWritten(_ path: String) -> Bool {
    let place = Folder.resolved(path)
    guard let known = files.first(where: { Folder.resolved($0.path) == place }) else {
      return false
    }
    return (try? Digest.ofFile(path, .sha256)) == known.sha256
  }

  /// Who wrote what lies at a path.
  func author(of path: String) -> OutputPlan.Author {
    let place = Folder.resolved(path)
    guard let digest = try? Digest.ofFile(path, .sha256) else { return .someone }
    if replaced.contains(digest) { return .nnx }
    guard let known = files.first(where: { Folder.resolved($0.path) == place }) else {
      return .someone
    }
    return known.sha256 == digest ? .nnx : .changed
  }
}
