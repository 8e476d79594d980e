import NNXImage
import NNXSystem

/// Reads a segmentation with the names of its labels.
///
/// The names are those in the file; else those in the run record beside it (`seg.nnx.json`); else numbers.
/// The record also tells which values are parts of a region.
///
/// - Throws: as `readSegmentation`.
package func readNamedSegmentation(_ path: String) throws(NNXError) -> Segmentation {
  var segmentation = try readSegmentation(path)
  if let record = namesInRecord(beside: path) {
    if segmentation.table.isEmpty { tellOfOtherRecord(path) }
    segmentation.table =
      segmentation.table.isEmpty ? record : segmentation.table.takingRegions(of: record)
  }
  let histogram = segmentation.labels.histogram
  segmentation.table = segmentation.table.covering(
    histogram.indices.dropFirst().filter { histogram[$0] > 0 })
  return segmentation
}

/// Whether a file, or the record of the run that made it, says what its labels stand for.
///
/// - Throws: as `readLabelTable`.
package func namesLabels(_ path: String) throws(NNXError) -> Bool {
  guard try readLabelTable(path).isEmpty else { return true }
  let isOwn = RecordedFiles(ResultFile.record.path(of: path))?.isOf(path) == true
  return isOwn && namesInRecord(beside: path) != nil
}

extension Segmentation {
  /// Makes all but some structures background.
  ///
  /// - Parameters:
  ///   - names: of structures of the table, or their numbers.
  ///   - path: for the error.
  /// - Throws: `usage` for a structure that there is not.
  package mutating func keep(_ names: [String], _ path: String) throws(NNXError) {
    let structures = table.structures
    let chosen = try names.map { (name) throws(NNXError) in
      guard let found = structures.named(name) else {
        throw NNXError(
          .usage, "\(path) has no label '\(name.excerpt)'",
          details: ["it has " + shortList(structures.map { "\($0.valueText) \($0.name)" })])
      }
      return found
    }
    let kept = Set(chosen.flatMap(\.values))
    labels = labels.keeping(kept)
    table = LabelTable(
      table.entries.filter { kept.contains($0.value) },
      regions: table.regions.filter { kept.isSuperset(of: $0.values) })
  }
}

/// Tells where names are those of a record that is of other bytes.
private func tellOfOtherRecord(_ path: String) {
  let record = ResultFile.record.path(of: path)
  guard let own = RecordedFiles(record)?.segmentationDigest,
    let digest = try? Digest.ofFile(path, .sha256), digest != own
  else { return }
  Remarks.tell(
    [
      "its names are those of \(lastComponent(record)), which is of other bytes: it was changed, or is another's"
    ],
    of: path)
}

/// The labels of the run record beside a segmentation, if there is one that names any.
private func namesInRecord(beside path: String) -> LabelTable? {
  let record = ResultFile.record.path(of: path)
  guard Folder.isFile(record), let json = try? OrderedJSON(contentsOf: record),
    json["schema"]?.string?.hasPrefix("nnx.run/") == true
  else { return nil }
  return LabelTable(record: json)
}
