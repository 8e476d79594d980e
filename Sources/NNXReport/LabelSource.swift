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
