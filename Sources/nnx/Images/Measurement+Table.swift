import NNXImage
import NNXReport
import NNXSystem

extension Measurement {
  /// The labels that were found, as people read them.
  func table(width: Int) -> Table {
    var columns: [Table.Column] = [
      .left("LABEL", minimum: 20, keepsEnd: true), .right("VALUE"), .right("VOLUME"),
    ]
    let hasImage = image != nil
    if hasImage { columns += [.right("MEAN"), .right("SD"), .right("MEDIAN")] }
    columns += [.right("PARTS"), .left("TOUCHES", minimum: 7, rank: 0)]
    var table = Table(columns, width: width)
    for label in found {
      var row = [
        label.name, label.structure.valueText, Quantity.fixed(label.volume, 1) + " ml",
      ]
      if hasImage {
        let numbers = label.intensity.map { [$0.mean, $0.deviation, $0.median] }
        row += numbers?.map { Quantity.fixed($0, 1) } ?? ["-", "-", "-"]
      }
      let sides = label.touches.joined(separator: ", ")
      table.add(row + ["\(label.components)", sides.isEmpty ? "-" : sides])
    }
    return table
  }
}
