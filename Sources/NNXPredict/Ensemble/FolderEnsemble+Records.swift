import NNXImage
import NNXModel
import NNXSystem

extension FolderEnsemble {
  /// - Throws: `usage` when one folder is given twice: its models would count twice.
  static func checkFolders(_ folders: [String]) throws(NNXError) {
    var known: [FileIdentity: String] = [:]
    for folder in folders {
      guard let identity = FileIdentity(folder),
        let other = known.updateValue(folder, forKey: identity)
      else { continue }
      throw NNXError(
        .usage, "\(other) and \(folder) are one folder: its predictions would count twice",
        fixes: ["Give each folder once"])
    }
  }

  /// Checks that every folder's segmentation of a case lies where the first's does: files of one name may be two
  /// patients'. Of folders that hold probabilities alone nothing tells.
  ///
  /// - Parameter geometry: of the first folder's, as `reader` has it.
  /// - Throws: `geometry`; what reading throws.
  func checkPlaces(
    of name: String, _ geometry: Geometry, _ reader: ImageReader?
  ) throws(NNXError) {
    for folder in folders.dropFirst() {
      guard let path = FolderEnsemble.segmentation(of: name, in: folder, dataset?.fileEnding) else {
        continue
      }
      let other = try readGeometry(path, as: reader)
      let isOnGrid = other.hasGrid(of: geometry)
      guard !isOnGrid || !other.hasPlace(of: geometry) else { continue }
      throw NNXError(
        .geometry,
        isOnGrid
          ? "\(path) lies in another place of the patient than that of \(folders[0]), or is turned"
          : "\(path) does not lie on the grid of that of \(folders[0])",
        details: isOnGrid
          ? [] : ["\(folders[0]): \(geometry.gridText)", "\(folder): \(other.gridText)"],
        fixes: ["Give predictions of one image under the name \(name)"])
    }
  }

  /// `input` of the run record: the probabilities of a case in each folder.
  ///
  /// - Throws: `integrity` when the probabilities, or the segmentation that the grid is taken from, are not
  ///   those of the case as the records beside them say; `invalid-record`; what reading throws.
  func inputs(of name: String) throws(NNXError) -> [OrderedJSON] {
    try folders.indices.map { (index) throws(NNXError) in
      let folder = folders[index]
      let path = probabilities(folder, name)
      let digest = try Digest.ofFile(path, .sha256)
      if let recorded = RecordedFiles(FolderEnsemble.recordPath(of: name, in: folder)) {
        if let problem = recorded.misnaming {
          throw NNXError(
            .invalidRecord, problem,
            fixes: ["Give the files of each case the name that they had, or predict it again"])
        }
        try check(path, digest, recorded, of: name, in: folder, mayBeCorrected: false)
        if index == 0 {
          let grid = try segmentation(of: name)
          try check(
            grid, Digest.ofFile(grid, .sha256), recorded, of: name, in: folder,
            mayBeCorrected: true)
        }
      }
      return ["path": .string(path), "sha256": .string(digest)]
    }
  }

  /// Holds a file against what its record says of it.
  ///
  /// - Parameter mayBeCorrected: whether it may differ, as long as it is not another case's.
  private func check(
    _ path: String, _ digest: String, _ recorded: RecordedFiles, of name: String, in folder: String,
    mayBeCorrected: Bool
  ) throws(NNXError) {
    let file = recorded.files.first { lastComponent($0.path) == lastComponent(path) }
    guard let file, file.sha256 != digest else { return }
    let owner = cases.first { other in
      other != name
        && RecordedFiles(FolderEnsemble.recordPath(of: other, in: folder))?.files.contains {
          $0.sha256 == digest
        } == true
    }
    guard owner != nil || !mayBeCorrected else { return }
    throw NNXError(
      .integrity,
      owner.map { "\(path) is that of \($0), and not of \(name), as the records of both say" }
        ?? "\(path) is not the file that the record beside it names",
      details: ["expected sha256  \(file.sha256)", "got              \(digest)"],
      fixes: [
        owner == nil
          ? "Predict \(name) again with --save-probabilities"
          : "Give the files of both cases their own names again"
      ])
  }

  /// The result of a case: what an earlier run made of the same, else made now.
  ///
  /// - Returns: path of the segmentation, and whether it was there.
  /// - Throws: as `finished` and `run`.
  package func result(
    _ name: String, into folder: String, rules: [ComponentRule], savesProbabilities: Bool,
    overwrites: Bool, command: [String]
  ) throws -> (path: String, wasThere: Bool) {
    func finished() throws(NNXError) -> String? {
      try self.finished(name, into: folder, rules: rules, savesProbabilities: savesProbabilities)
    }
    if !overwrites, let done = try finished() { return (done, true) }
    do {
      let path = try run(
        name, into: folder, rules: rules, savesProbabilities: savesProbabilities,
        overwrites: overwrites, command: command)
      return (path, false)
    } catch let error as NNXError where error.code == .outputExists {
      // Another run may have done the same meanwhile.
      guard let done = try? finished() else { throw error }
      return (done, true)
    }
  }

  /// The result of an earlier run that averaged the same files of a case with the same rules.
  ///
  /// - Returns: path of the segmentation; `nil` where there is none, or it is not known what made it.
  /// - Throws: `output-exists` with what differs; as `inputs(of:)`.
  func finished(
    _ name: String, into folder: String, rules: [ComponentRule], savesProbabilities: Bool
  ) throws(NNXError) -> String? {
    let files = try files(of: name, in: folder, savesProbabilities: savesProbabilities)
    guard let recorded = RecordedFiles(files.record), recorded.isOf(files.segmentation),
      recorded.json["settings"]?["ensemble"]?.array?.count == folders.count,
      recorded.author(of: files.segmentation) == .changed
        || recorded.isAsWritten(files.segmentation),
      files.all.allSatisfy({
        [.record, .segmentation].contains($0.kind) || recorded.isAsWritten($0.path)
      })
    else { return nil }
    let before = (recorded.json["input"]?.array ?? []).map { $0["sha256"] }
    let settings = recorded.json["settings"]
    var difference: String?
    if try inputs(of: name).map({ $0["sha256"] }) != before {
      difference = "made of other probabilities"
    } else if settings?["postprocessing"] != .array(rules.map(\.json)) {
      difference = "made with other post-processing"
    } else if try settings?["imageReader"] != OrderedJSON(reader(name)?.rawValue) {
      difference = "made with another reader of images"
    }
    if difference == nil, let dataset,
      settings?["regionsClassOrder"]
        != dataset.labels.regionsClassOrder.map({ OrderedJSON($0) }) ?? .null
    {
      difference = "made with another dataset.json"
    }
    guard let difference else { return files.segmentation }
    throw NNXError(
      .outputExists, "\(files.segmentation) exists: \(difference)",
      fixes: ["Make it anew with --overwrite, or choose another folder (-o)"])
  }
}
