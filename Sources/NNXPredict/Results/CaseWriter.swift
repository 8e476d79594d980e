import NNXImage
import NNXSystem

/// Writes the files of one case, which appear together: the record first and the segmentation last, so that whoever
/// goes on after a kill knows what is left.
struct CaseWriter {
  let files: CaseFiles
  private let replaces: Bool
  private let staged: StagedFiles
  private let claim: HeldClaim?
  private var written: [(path: String, sha256: String)] = []

  /// - Parameters:
  ///   - overwrites: whether results of nnx may be replaced; leftovers of one that was deleted are.
  ///   - claim: by which the case is worked on, where there is one: then its files appear only while nobody took it
  ///     over.
  /// - Throws: `output-exists`.
  init(_ files: CaseFiles, overwrites: Bool, claim: HeldClaim? = nil) throws(NNXError) {
    (self.files, self.claim) = (files, claim)
    staged = StagedFiles(owner: claim?.token)
    replaces = overwrites || files.areLeftover
    try OutputPlan.checkExisting(files.outputs, overwrites: replaces)
  }

  /// Writes a file of a kind, where the case has one.
  ///
  /// - Parameter write: is given the path to write to.
  /// - Throws: what `write` throws.
  mutating func write(_ kind: ResultFile, _ write: (String) throws -> Void) throws {
    guard let path = files[kind] else { return }
    try self.write(at: path, write)
  }

  /// Writes one of the case's files, which may lie in a folder below that of the segmentation.
  ///
  /// - Throws: what `write` throws.
  mutating func write(at path: String, _ write: (String) throws -> Void) throws {
    try staged.write(path, below: parentFolder(files.segmentation), write)
    written.append((path, try Digest.ofFile(staged.path(of: path), .sha256)))
  }

  /// Where the file of a kind can be read now.
  func path(_ kind: ResultFile) -> String { staged.path(of: files[kind] ?? "") }

  /// What the record says of a file that was written.
  func entry(_ kind: ResultFile) -> [OrderedJSON.Member] {
    [
      .init("path", OrderedJSON(files[kind])),
      .init("sha256", OrderedJSON(written.first { $0.path == files[kind] }?.sha256)),
    ]
  }

  /// Writes the record, as far as it is known: names of labels are read from it.
  func draft(_ record: RunRecord) throws { try put(record) }

  /// Writes the record and puts everything in its place.
  ///
  /// - Throws: `output-exists` when something appeared there meanwhile; `taken-over`; `cannot-write`, `no-space`.
  mutating func finish(_ record: RunRecord) throws {
    var record = record
    record.files = written.map {
      RecordedFiles.entry($0.path, sha256: $0.sha256, in: files.record)
    }
    // What lies there now is what this run replaces: the check before the run may be hours old.
    if replaces { try OutputPlan.checkExisting(files.outputs, overwrites: true) }
    let old = RecordedFiles(files.record)
    record.replaced = (old?.files ?? []).map(\.sha256)
    try put(record)
    // Numbers and pictures of a segmentation that goes would be taken for those of the new one.
    let kept = Set(files.all.map { Folder.resolved($0.path) })
    let folders = [files.record, "\(ResultFile.structures.path(of: files.segmentation))/"].map {
      Folder.resolved(parentFolder($0))
    }
    let stale = (old?.files ?? []).map(\.path).filter {
      folders.contains(Folder.resolved(parentFolder($0))) && !kept.contains(Folder.resolved($0))
        && old?.author(of: $0) == .nnx
    }
    try claim?.check()
    try staged.commit(
      replaces: replaces, removes: stale, seal: files.record, keystone: files.segmentation,
      takesBack: claim == nil)
  }

  private func put(_ record: RunRecord) throws {
    try staged.write(files.record) { path in
      let file = try AtomicFile(path)
      try file.write(record.json.text(pretty: true) + "\n")
      try file.commit()
    }
  }
}
