import NNXImage
import NNXSystem

/// A case that an earlier run did: all that is asked for is there, whole, made by the same model with the same
/// settings of the same images.
package struct FinishedCase: Sendable {
  package let files: CaseFiles
  /// Of schema `nnx.run/1`.
  package let record: OrderedJSON
  /// Files that need no network, and are not there, or were made of another segmentation than lies there.
  package let missing: Set<ResultFile>
  /// Structures of the segmentation as it lies there, as the record has them.
  package let labels: OrderedJSON
  /// Whether a person corrected the segmentation after the run: it is kept as it is.
  package let isCorrected: Bool
  /// SHA-256 of the segmentation as it lies there.
  let digest: String
}

extension Predictor {
  /// Looks whether a case was done before; reads images and results only to take their digests.
  ///
  /// - Returns: `nil` where there is nothing, or nothing whose record tells what made it: what may be done
  ///   then is said by `predict`.
  /// - Throws: `output-exists` with what differs, where there is the result of another run.
  package func finished(_ item: Case, to output: String) throws -> FinishedCase? {
    let files = files(of: item, to: output)
    guard !options.overwrites, item.problem == nil, Folder.kind(output) != nil,
      let recorded = RecordedFiles(files.record), recorded.isOf(output)
    else { return nil }
    let author = recorded.author(of: output)
    guard author == .changed || recorded.isAsWritten(output) else { return nil }
    let digest = try Digest.ofFile(output, .sha256)
    var missing: Set<ResultFile> = []
    var lacking: [String] = []
    for file in files.all where file.kind != .segmentation && file.kind != .record {
      let isThere = Folder.kind(file.path) != nil
      if isThere {
        // What others wrote, or changed, is never replaced, and what an earlier run wrote is not of this
        // one.
        guard recorded.isAsWritten(file.path) else {
          try OutputPlan.checkExisting(
            files.outputs.filter { $0.path == file.path }, overwrites: options.overwrites)
          return nil
        }
        // Numbers of another segmentation than lies there would be taken for its own.
        if ResultFile.derived.contains(file.kind), !recorded.isCurrent(file.path, of: digest) {
          missing.insert(file.kind)
        }
        continue
      }
      if ResultFile.derived.contains(file.kind) {
        missing.insert(file.kind)
      } else if recorded.files.contains(where: {
        Folder.resolved($0.path) == Folder.resolved(file.path)
      }) {
        lacking.append("\(file.path) is gone")
      } else {
        lacking.append("made without \(file.path)")
      }
    }
    let differing = try differences(recorded.json, item, output) + lacking
    if let first = differing.first {
      throw NNXError(
        .outputExists, "\(output) exists: \(first)", details: Array(differing.dropFirst()),
        fixes: [
          differing.contains { $0.hasPrefix(RunDifference.otherImage) }
            ? "Choose another output (-o): this is the result of another image"
            : author == .changed
              ? "Choose another output (-o), or move it away: it was changed after nnx wrote it"
              : "Make it anew with --overwrite, or choose another output (-o)"
        ])
    }
    if author == .changed, let owner = recorded.otherOwner(of: digest) {
      throw NNXError(
        .outputExists, "\(output) is the segmentation of \(owner), as the record of that says",
        fixes: ["Give the files of both cases their own names again"])
    }
    let labels =
      author == .changed
      ? try Correction.labels(output, of: item, recorded.json) : recorded.json["labels"] ?? []
    return FinishedCase(
      files: files, record: recorded.json, missing: missing, labels: labels,
      isCorrected: author == .changed, digest: digest)
  }

  /// What of an earlier run is not as it would be now, a line each.
  private func differences(
    _ record: OrderedJSON, _ item: Case, _ output: String
  ) throws -> [String] {
    // As they look when they come out of a file: 1 and 1.0 are one number there.
    func read(_ json: OrderedJSON) throws(NNXError) -> OrderedJSON {
      try OrderedJSON(parsing: Array(json.text().utf8), source: "this run")
    }
    var found = RunDifference.ofModels(record["model"] ?? .null, try read(identity))
    found += RunDifference.ofSettings(
      record["settings"] ?? .null, try read(settings(item, to: output)))
    if let made = record["predictsAs"]?.string, made != Version.emulated {
      found.append("made as \(made), now \(Version.emulated)")
    }
    let inputs = record["input"]?.array ?? []
    guard inputs.count == item.images.count else {
      let (before, now) = (inputs.count, item.images.count)
      return found + [
        "\(RunDifference.otherImage)\(counted(before, "image")), now \(now)"
      ]
    }
    for (input, path) in zip(inputs, item.images) {
      if let difference = try RunDifference.ofImage(input, path) { found.append(difference) }
    }
    return found
  }

  /// Makes the files that a finished case lacks, and names them in its record.
  ///
  /// - Throws: what making them throws; `cannot-write`, `no-space`.
  func complete(_ finished: FinishedCase, _ item: Case) throws {
    guard !finished.missing.isEmpty else { return }
    let staged = StagedFiles()
    let files = finished.files
    var entries = finished.record["files"]?.array ?? []
    func note(_ path: String) throws {
      let digest = try Digest.ofFile(staged.path(of: path), .sha256)
      let entry = RecordedFiles.entry(
        path, sha256: digest, in: files.record, of: finished.isCorrected ? finished.digest : nil)
      entries.removeAll { $0["path"] == entry["path"] }
      entries.append(entry)
    }
    for companion in companions where finished.missing.contains(companion.kind) {
      guard let path = files[companion.kind] else { continue }
      let bytes = try companion.make(
        files.segmentation,
        Companion.Facts(
          case: item, segmentation: files.segmentation, series: options.series))
      try staged.write(path) { try AtomicFile.write(bytes, to: $0) }
      try note(path)
    }
    if finished.missing.contains(.structures) {
      var segmentation = try readSegmentation(files.segmentation)
      (segmentation.form, segmentation.table) = (Segmentation.Form(recipe), table)
      segmentation = segmentation.withoutWrittenTable
      for (file, path) in zip(structures, files.masks) {
        try staged.write(path, below: parentFolder(files.segmentation)) {
          try writeSegmentation(mask(of: file, in: segmentation, item), to: $0)
        }
        try note(path)
      }
    }
    guard try Digest.ofFile(files.segmentation, .sha256) == finished.digest else {
      throw NNXError(
        .integrity, "\(files.segmentation) was changed while it was measured",
        fixes: ["Run it again, when nobody writes it any more"])
    }
    let record = OrderedJSON.object(
      (finished.record.members ?? []).map {
        $0.key == "files" ? OrderedJSON.Member("files", .array(entries)) : $0
      })
    try staged.write(files.record) {
      // What somebody changed stays known as that.
      let text = (finished.record.isSealBroken ? record : record.sealed).text(pretty: true) + "\n"
      try AtomicFile.write(Array(text.utf8), to: $0)
    }
    try staged.commit(replaces: true, seal: files.record)
  }
}
