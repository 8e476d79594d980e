import NNXImage
import NNXSystem

extension LabelStatistics {
  package var json: OrderedJSON {
    var members = structure.jsonMembers
    members += [.init("voxels", .int(voxels)), .init("ml", .double(volume))]
    if let intensity {
      members += [
        .init("mean", .double(intensity.mean)), .init("sd", .double(intensity.deviation)),
        .init("p05", .double(intensity.p05)), .init("median", .double(intensity.median)),
        .init("p95", .double(intensity.p95)),
      ]
    }
    members += [
      .init("centroidMm", centroid.map { OrderedJSON($0) } ?? .null),
      .init("bboxMm", box.map { .array($0.map { OrderedJSON($0) }) } ?? .null),
      .init("components", .int(components)), .init("largestFraction", .double(largestFraction)),
      .init("touches", OrderedJSON(touches)), .init("notFinite", .int(notFinite)),
    ]
    return .object(members)
  }

  /// Names of the columns of `row`.
  package static let columns = [
    "segmentation", "value", "name", "voxels", "ml", "mean", "sd", "p05", "median", "p95",
    "centroid_r_mm", "centroid_a_mm", "centroid_s_mm", "bbox_r_min_mm", "bbox_a_min_mm",
    "bbox_s_min_mm", "bbox_r_max_mm", "bbox_a_max_mm", "bbox_s_max_mm", "components",
    "largest_fraction", "touches", "kind", "not_finite",
  ]

  /// One line of a long table: numbers that do not exist are empty.
  package func row(_ segmentation: String) -> [String] {
    func text(_ numbers: [Double]?, _ count: Int) -> [String] {
      numbers?.map { "\($0)" } ?? .init(repeating: "", count: count)
    }
    let intensities = intensity.map { [$0.mean, $0.deviation, $0.p05, $0.median, $0.p95] }
    return [segmentation, structure.valueText, name, "\(voxels)", "\(volume)"]
      + text(intensities, 5)
      + text(centroid, 3) + text(box.map { $0[0] + $0[1] }, 6)
      + ["\(components)", "\(largestFraction)", touches.joined(separator: ";")]
      + [structure.kind.rawValue, "\(notFinite)"]
  }
}

extension Agreement {
  package var json: OrderedJSON {
    let volumes: [OrderedJSON.Member] = [
      .init("dice", OrderedJSON(dice)), .init("hd95", OrderedJSON(surface?.hd95)),
      .init("assd", OrderedJSON(surface?.average)),
      .init("surfaceDice", OrderedJSON(surface?.dice)),
      .init("mlA", .double(firstVolume)), .init("mlB", .double(secondVolume)),
      .init("volumeDifference", OrderedJSON(volumeDifference)), .init("onlyA", .int(onlyFirst)),
      .init("onlyB", .int(onlySecond)), .init("both", .int(both)),
    ]
    return .object(
      pair.structure.jsonMembers
        + [.init("valuesA", OrderedJSON(pair.first)), .init("valuesB", OrderedJSON(pair.second))]
        + volumes)
  }
}
