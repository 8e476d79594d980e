import NNXNetwork
import NNXSystem

/// What `nnx bench --layers` says of the layers: for people and for programs.
struct BenchLayers {
  let layers: [LayerProfile]
  /// Operations per second of the kernels' product, all threads together.
  let peak: Double

  var lines: [String] {
    guard !layers.isEmpty else { return [] }
    let parts = LayerProfile.Part.allCases.map { $0.rawValue.uppercased() }
    let numbers = ["WALL", "PROCESSOR"] + parts + ["WAITING", "OF PEAK", "BEYOND L2"]
    var table = Table(
      [("LAYER", .left), ("SHAPE", .left)] + numbers.map { ($0, Table.Alignment.right) })
    for layer in layers { table.add(row(layer)) }
    let note = "Milliseconds; parts are means of the threads, BEYOND L2 is an estimate."
    return ["", note] + table.lines
  }

  private func row(_ layer: LayerProfile) -> [String] {
    var cells = [layer.name, shape(layer.facts)]
    cells += [layer.cost.wall, layer.cost.processor].map(milliseconds)
    cells += LayerProfile.Part.allCases.map { layer.parts[$0].map(milliseconds) ?? "" }
    cells.append(milliseconds(layer.waiting))
    cells.append(share(layer).map { "\(Quantity.fixed(100 * $0, 0)) %" } ?? "")
    cells.append("\(Quantity.fixed(layer.facts.distantBytes / 1e6, 1)) MB")
    return cells
  }

  var json: [Members] {
    layers.map { layer in
      let parts = LayerProfile.Part.allCases.compactMap { part in
        layer.parts[part].map { (part.rawValue, $0) }
      }
      return [
        "name": layer.name, "inputs": layer.facts.inputs, "channels": layer.facts.channels,
        "extents": layer.facts.extents, "wallSeconds": layer.cost.wall,
        "processorSeconds": layer.cost.processor, "partSeconds": Members(parts),
        "waitingSeconds": layer.waiting, "multiplications": layer.facts.multiplications,
        "shareOfPeak": share(layer), "bytesBeyondSecondCache": layer.facts.distantBytes,
      ]
    }
  }

  /// Of the peak, while the products run.
  private func share(_ layer: LayerProfile) -> Double? { layer.productRate.map { $0 / peak } }

  private func shape(_ facts: LayerProfile.Facts) -> String {
    "\(facts.inputs) > \(facts.channels) @ \(facts.extents.map(String.init).joined(separator: "x"))"
  }

  private func milliseconds(_ value: Double) -> String { Quantity.fixed(value * 1000, 1) }
}
