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
    segmentation.table =
      segmentation.table.isEmpty ? record : segmentation.table.takingRegions(of: record)
  }
  let histogram = segmentation.labels.histogram
  segmentation.table = segmentation.table.covering(
    histogram.indices.dropFirst().filter { histogram[$0] > 0 })
  return segmentation
}

/// The labels of the run record beside a segmentation, if there is one that names any.
private func namesInRecord(beside path: String) -> LabelTable? {
  let record = ResultFile.record.path(of: path)
  guard Folder.isFile(record), let json = try? OrderedJSON(contentsOf: record),
    json["schema"]?.string?.hasPrefix("nnx.run/") == true
  else { return nil }
  return LabelTable(record: json)
}
