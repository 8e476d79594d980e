import NNXImage
import NNXSystem

/// Reads a segmentation with the names of its labels.
///
/// The names are those in the file; else those in the run record beside it (`seg.nnx.json`); else numbers.
///
/// - Throws: as `readSegmentation`.
package func readNamedSegmentation(_ path: String) throws(NNXError) -> Segmentation {
  var segmentation = try readSegmentation(path)
  if segmentation.table.isEmpty {
    segmentation.table = namesInRecord(beside: path) ?? LabelTable()
  }
  let histogram = segmentation.labels.histogram
  segmentation.table = segmentation.table.covering(
    histogram.indices.dropFirst().filter { histogram[$0] > 0 })
  return segmentation
}

/// The labels of the run record beside a segmentation, if there is one that names any.
private func namesInRecord(beside path: String) -> LabelTable? {
  let record = ResultFile.record.path(of: path)
  guard Folder.isFolder(record) == false, let json = try? OrderedJSON(contentsOf: record),
    json["schema"]?.string?.hasPrefix("nnx.run/") == true, let labels = json["labels"]?.array
  else { return nil }
  return LabelTable(
    labels.compactMap { label in
      guard let value = label["value"]?.int, let name = label["name"]?.string else { return nil }
      return .init(value: value, name: name)
    })
}
