import NNXModel
import NNXSystem

/// A checkpoint or pickle as `nnx inspect` shows it.
struct TorchReport: InspectReport {
  private static let shownTensors = 20

  let inspection: TorchInspection
  let width: Int

  init(_ inspection: TorchInspection, width: Int) {
    self.inspection = inspection
    self.width = width
  }

  var problem: NNXError? { inspection.problem }

  var ids: [String] { inspection.tensors.map(\.name) }

  func lines(showsAll: Bool) -> [String] {
    var fields = FieldList(width: width, names: inspection.facts.map(\.name))
    fields.add("file", "\(inspection.container.rawValue), \(Quantity.bytes(inspection.size))")
    for fact in inspection.facts { fields.add(fact.name, fact.value) }
    for (index, scan) in inspection.scans.enumerated() {
      fields.add(index == 0 ? "pickle" : "", TorchReport.summary(scan))
    }
    let globals = inspection.scans.flatMap(\.globals)
    let refused = globals.filter { !$0.isAllowed }
    let shown = showsAll ? globals : refused
    fields.add(
      "names",
      shown.map { "\($0.isAllowed ? "allowed" : "REFUSED")  \($0.name) at byte \($0.offset)" })
    fields.add(
      "asks for", inspection.scans.flatMap(\.refusals).map { "\($0.what) at byte \($0.offset)" })
    if !inspection.tensors.isEmpty {
      fields.add("weights", TensorTable.summary(inspection.tensors))
    }
    return [inspection.path] + fields.lines
      + TensorTable(inspection.tensors, width: width)
      .lines(atMost: showsAll ? .max : Self.shownTensors)
  }

  /// `protocol 2, 5120 instructions, 6 names, all of them allowed`.
  private static func summary(_ scan: PickleScan) -> String {
    let refused = scan.globals.count { !$0.isAllowed }
    let names = refused == 0 ? "all of them allowed" : "\(refused) REFUSED"
    let version = scan.version.map { "protocol \($0)" } ?? "protocol 0 or 1"
    let damage = scan.damage.map { "; cut off: \($0.message)" } ?? ""
    return "\(version), \(counted(scan.instructions, "instruction")), "
      + "\(counted(scan.globals.count, "name"))\(scan.globals.isEmpty ? "" : ", \(names)")\(damage)"
  }

  var json: Members {
    [
      "path": inspection.path, "kind": inspection.container.rawValue, "bytes": inspection.size,
      "facts": Members(inspection.facts.map { ($0.name, $0.value) }),
      "pickles": inspection.scans.map(\.json), "tensors": inspection.tensors.map(\.json),
    ]
  }
}

extension PickleScan {
  var json: Members {
    [
      "protocol": version, "instructions": instructions,
      "globals": globals.map {
        ["name": $0.name, "offset": $0.offset, "allowed": $0.isAllowed] as Members
      },
      "refused": refusals.map { ["what": $0.what, "offset": $0.offset] as Members },
      "damage": damage?.message,
    ]
  }
}

extension TorchInspection.Tensor {
  var json: Members {
    ["name": name, "shape": shape, "type": type, "bytes": bytes]
  }
}

/// Tensors, a line each.
struct TensorTable {
  let tensors: [TorchInspection.Tensor]
  let width: Int

  init(_ tensors: [TorchInspection.Tensor], width: Int) {
    self.tensors = tensors
    self.width = width
  }

  /// `154 tensors, 31.2 M values, 125 MB, float32`.
  static func summary(_ tensors: [TorchInspection.Tensor]) -> String {
    // What a file says of tensors need not be in it.
    let values = Int(saturating: tensors.reduce(0) { $0 + $1.shape.realProduct })
    let bytes = Int(saturating: tensors.reduce(0) { $0 + Double($1.bytes) })
    let types = Set(tensors.map(\.type)).sorted().joined(separator: ", ")
    return "\(counted(tensors.count, "tensor")), \(Quantity.count(values)) values, "
      + "\(Quantity.bytes(bytes)), \(types)"
  }

  /// - Parameter atMost: lines to show before the rest is only counted.
  func lines(atMost: Int) -> [String] {
    guard !tensors.isEmpty else { return [] }
    var table = Table(
      [
        .left("TENSOR", minimum: 24, keepsEnd: true), .left("SHAPE", minimum: 10), .left("TYPE"),
        .right("SIZE"),
      ],
      width: width)
    for tensor in tensors.prefix(atMost) {
      table.add([
        tensor.name, tensor.shape.map(String.init).joined(separator: "x"), tensor.type,
        Quantity.bytes(tensor.bytes),
      ])
    }
    let rest = tensors.count - atMost
    return [""] + table.lines + (rest > 0 ? ["", "\(rest) more: --all"] : [])
  }
}
