import NNXImage
import NNXPredict
import NNXSystem

/// The volumes of what a model found, and the names of what it did not find.
struct LabelVolumesView {
  let lines: [String]

  init(_ labels: [LabelVolume]) {
    var table = Table([("LABEL", .left), ("VALUE", .right), ("VOLUME", .right), ("VOXELS", .right)])
    for label in labels where label.voxels > 0 {
      table.add([
        label.name, label.structure.valueText, Quantity.fixed(label.volume, 1) + " ml",
        "\(label.voxels)",
      ])
    }
    let missing = labels.filter { $0.voxels == 0 && $0.structure.kind != .part }.map(\.name)
    let found = labels.contains { $0.voxels > 0 } ? table.lines : []
    lines = found + (missing.isEmpty ? [] : ["not found: " + missing.joined(separator: ", ")])
  }
}
