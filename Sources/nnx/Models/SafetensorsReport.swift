import NNXModel
import NNXSystem

/// A safetensors file as `nnx inspect` shows it.
struct SafetensorsReport: InspectReport {
  private static let shownTensors = 20

  let inspection: SafetensorsInspection
  let width: Int

  init(_ inspection: SafetensorsInspection, width: Int) {
    self.inspection = inspection
    self.width = width
  }

  /// A file of somebody else's is fine; nnx only does not run it.
  var problem: NNXError? { nil }

  var ids: [String] { inspection.tensors.map(\.name) }

  func lines(showsAll: Bool) -> [String] {
    var fields = FieldList(width: width)
    fields.add("file", "safetensors, \(Quantity.bytes(inspection.size))")
    fields.add(
      "profile", inspection.problem.map { "not nnx's: \($0.message)" } ?? "nnx-weights, valid")
    for text in inspection.metadata { fields.add(text.name, text.value) }
    fields.add("weights", TensorTable.summary(inspection.tensors))
    return [inspection.path] + fields.lines
      + TensorTable(inspection.tensors, width: width)
      .lines(atMost: showsAll ? .max : Self.shownTensors)
  }

  var json: Members {
    [
      "path": inspection.path, "kind": "safetensors", "bytes": inspection.size,
      "native": inspection.problem == nil,
      "facts": Members(inspection.metadata.map { ($0.name, $0.value) }),
      "pickles": [String](), "tensors": inspection.tensors.map(\.json),
    ]
  }
}
