import NNXSystem

extension LabelStatistics {
  /// The lines of `row` for the labels of a document of the shape `nnx.stats/1`, without measuring again.
  ///
  /// - Parameters:
  ///   - json: as `Measurement.json` has it.
  ///   - segmentation: for the first column.
  package static func rows(of json: OrderedJSON, _ segmentation: String) -> [[String]] {
    (json["labels"]?.array ?? []).map { label in
      [segmentation] + columns.dropFirst().map { cell($0, label) }
    }
  }

  private static func cell(_ column: String, _ label: OrderedJSON) -> String {
    func number(_ json: OrderedJSON?) -> String { json?.double.map { "\($0)" } ?? "" }
    let axes = ["_r_", "_a_", "_s_"]
    let axis = axes.firstIndex { column.contains($0) } ?? 0
    func coordinate(_ json: OrderedJSON?) -> String {
      number(json?.array.flatMap { axis < $0.count ? $0[axis] : nil })
    }
    let ends = label["bboxMm"]?.array ?? []
    switch column {
    case "value":
      let values = label["values"]?.array?.compactMap(\.int)
      return (values ?? [label["value"]?.int ?? 0]).map(String.init).joined(separator: "+")
    case "name", "kind": return label[column]?.string ?? ""
    case "voxels", "components": return label[column]?.int.map(String.init) ?? ""
    case "not_finite": return label["notFinite"]?.int.map(String.init) ?? ""
    case "touches":
      return label[column]?.array?.compactMap(\.string).joined(separator: ";") ?? ""
    case "largest_fraction": return number(label["largestFraction"])
    case _ where column.hasPrefix("centroid_"): return coordinate(label["centroidMm"])
    case _ where column.hasPrefix("bbox_"):
      return coordinate(column.contains("_min_") ? ends.first : ends.last)
    default: return number(label[column])
    }
  }
}
