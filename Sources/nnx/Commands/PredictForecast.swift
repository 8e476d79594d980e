import NNXImage
import NNXModel
import NNXNetwork
import NNXPredict
import NNXSystem
import NNXTensor

/// What `nnx predict --dry-run` says: how long and how much memory, from the headers of the images and
/// a short look at the machine.
struct PredictForecast {
  let context: Context
  /// Of each case.
  let runs: [PlannedRun]
  let reader: ImageReader?
  let threads: Threads

  /// Plans the networks, once for all cases.
  ///
  /// - Returns: what each network needs for a case; throws what reading its header throws.
  /// - Throws: `unsupported-network`.
  func estimator() throws -> (Case) throws -> [Estimate] {
    let networkBytes = try runs.map {
      try Network.bytes($0.model.architecture, patch: $0.model.patch, threads: threads)
    }
    return { item in
      let geometry = try readGeometry(item.images[0], as: reader)
      return try zip(runs, networkBytes).map { run, bytes in
        try Estimate(run, geometry: geometry, networkBytes: bytes)
      }
    }
  }

  private struct Line {
    var name: String
    var shape: [Int]
    var patches = 0
    var seconds = 0.0
    var peakBytes = 0
    var leastBytes = 0
  }

  /// - Throws: what reading a header throws; `unsupported-network`.
  func show(_ cases: [Case]) throws {
    let perPatch = try runs.map {
      try Network.secondsPerPatch($0.model.architecture, patch: $0.model.patch, threads: threads)
    }
    let estimates = try estimator()
    let lines = try cases.map { line(for: $0, try estimates($0), perPatch) }
    if context.output.isQuiet {
      context.output.text(lines.map(\.name))
    } else {
      context.output.text(table(lines))
    }
    context.output.json("predict", json(lines))
  }

  private func line(for item: Case, _ estimates: [Estimate], _ perPatch: [Double]) -> Line {
    var line = Line(name: item.name, shape: estimates[0].shape)
    for (estimate, seconds) in zip(estimates, perPatch) {
      line.patches += estimate.patches
      line.seconds += Double(estimate.patches) * seconds
      line.peakBytes = max(line.peakBytes, estimate.peakBytes)
      line.leastBytes = max(line.leastBytes, estimate.leastBytes)
    }
    return line
  }

  private func table(_ lines: [Line]) -> [String] {
    var table = Table([
      ("CASE", .left), ("VOXELS", .left), ("PATCHES", .right), ("ABOUT", .right),
      ("MEMORY", .right),
    ])
    for line in lines {
      table.add([
        line.name.shortened(to: 30),
        line.shape.reversed().map(String.init).joined(separator: " x "), "\(line.patches)",
        Quantity.duration(line.seconds), Quantity.bytes(line.peakBytes),
      ])
    }
    let total = Quantity.duration(lines.reduce(0) { $0 + $1.seconds })
    let memory = Quantity.bytes(ProcessFacts.physicalMemory)
    return table.lines + ["", "About \(total) in all; this machine has \(memory) of memory."]
  }

  private func json(_ lines: [Line]) -> OrderedJSON {
    [
      "planned": .array(
        lines.map {
          [
            "case": .string($0.name), "shape": OrderedJSON($0.shape), "patches": .int($0.patches),
            "seconds": .double($0.seconds), "peakBytes": .int($0.peakBytes),
            "leastBytes": .int($0.leastBytes),
          ]
        })
    ]
  }
}
