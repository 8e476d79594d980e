import NNXSystem

/// What a run record says of the files that its run wrote, held against what lies there.
package struct RecordedFiles {
  package struct File {
    /// As it can be opened from here.
    package let path: String
    package let sha256: String
    /// Digest of the segmentation that it was made of, where that is not the one that the run wrote: a
    /// person corrected it meanwhile.
    let source: String?
  }

  /// Of schema `nnx.run/1`.
  package let json: OrderedJSON
  /// All that the run wrote, the record itself not counted.
  package let files: [File]
  /// Digests of files of nnx that the run replaced: those of a run that was killed while it did so may
  /// still be there.
  private let replaced: Set<String>
  private let path: String

  /// - Parameters:
  ///   - path: of a record.
  ///   - schema: how its `schema` begins.
  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`; `invalid-record` where it is another file.
  package init(contentsOf path: String, schema: String = "nnx.run/") throws(NNXError) {
    json = try OrderedJSON(contentsOf: path)
    guard json["schema"]?.string?.hasPrefix(schema) == true else {
      throw NNXError(.invalidRecord, "\(path) is no record of a run of nnx")
    }
    self.path = path
    let folder = parentFolder(path)
    files = (json["files"]?.array ?? []).compactMap { file in
      guard let path = file["path"]?.string, let digest = file["sha256"]?.string else { return nil }
      return File(
        path: path.hasPrefix("/") ? path : "\(folder)/\(path)", sha256: digest,
        source: file["of"]?.string)
    }
    replaced = Set(json["replaced"]?.array?.compactMap(\.string) ?? [])
  }

  /// - Parameter record: path of a record; `nil` where there is none, or another file.
  package init?(_ record: String, schema: String = "nnx.run/") {
    guard Folder.isFolder(record) == false, let own = try? Self(contentsOf: record, schema: schema)
    else { return nil }
    self = own
  }

  /// What a record says of a file: its path beside and below the record from there, elsewhere absolute.
  ///
  /// - Parameter source: digest of the segmentation that it was made of, where the run wrote another.
  package static func entry(
    _ path: String, sha256: String, in record: String, of source: String? = nil
  ) -> OrderedJSON {
    let (folder, place) = (Folder.resolved(parentFolder(record)) + "/", Folder.resolved(path))
    let isBeside = parentFolder(path) == parentFolder(record)
    let own =
      isBeside
      ? lastComponent(path)
      : place.hasPrefix(folder) ? String(place.dropFirst(folder.count)) : place
    let members: [OrderedJSON.Member] = [
      .init("path", .string(own)),
      .init("sha256", .string(sha256)),
    ]
    return .object(members + (source.map { [.init("of", .string($0))] } ?? []))
  }

  private func file(at path: String) -> File? {
    let place = Folder.resolved(path)
    return files.first { Folder.resolved($0.path) == place }
  }

  /// Whether a file is there as this run wrote it, and not as one did that it replaced.
  package func isAsWritten(_ path: String) -> Bool {
    guard let known = file(at: path) else { return false }
    return (try? Digest.ofFile(path, .sha256)) == known.sha256
  }

  /// Who wrote what lies at a path.
  package func author(of path: String) -> OutputPlan.Author {
    guard let digest = try? Digest.ofFile(path, .sha256) else { return .someone }
    if replaced.contains(digest) { return .nnx }
    guard let known = file(at: path) else { return .someone }
    return known.sha256 == digest ? .nnx : .changed
  }

  // MARK: - Whose record it is

  /// File name of the segmentation that the run wrote.
  package var segmentation: String? { json["output"]?["path"]?.string.map(lastComponent) }
  /// SHA-256 of the segmentation as the run wrote it.
  package var segmentationDigest: String? { json["output"]?["sha256"]?.string }

  /// Why the record cannot be that of the segmentation beside it whose name it bears: both were renamed to
  /// another case, or the record was. `nil` where it is.
  package var misnaming: String? {
    guard let segmentation else { return "\(path) names no segmentation" }
    let own = lastComponent(ResultFile.record.path(of: segmentation))
    return own == lastComponent(path)
      ? nil : "\(path) is the record of \(segmentation), and was renamed"
  }

  /// Whether it is the record of a segmentation, by its name.
  package func isOf(_ segmentation: String) -> Bool {
    self.segmentation == lastComponent(segmentation)
  }

  /// Name of another segmentation of the folder whose record says that it is the one of this digest: they were
  /// given each other's name.
  package func otherOwner(of digest: String) -> String? {
    let folder = parentFolder(path)
    for name in (try? Folder.entries(folder)) ?? []
    where name.hasSuffix(ResultFile.recordEnding) && name != lastComponent(path) {
      guard let other = RecordedFiles("\(folder)/\(name)"), other.segmentationDigest == digest
      else {
        continue
      }
      return other.segmentation
    }
    return nil
  }

  /// Whether a file that is made of the segmentation, such as its numbers, is as nnx wrote it, and made of
  /// the segmentation of this digest.
  package func isCurrent(_ path: String, of digest: String?) -> Bool {
    guard let known = file(at: path), isAsWritten(path) else { return false }
    return (known.source ?? segmentationDigest) == digest
  }
}
