import ArgumentParser
import NNXPredict
import NNXSystem

/// What `nnx predict --dry-run` says: how long and how much memory.
struct ForecastView {
  let context: Context

  /// - Parameters:
  ///   - limit: of memory, if one is given.
  ///   - results: that would not be replaced.
  /// - Throws: what reading a header throws; `unsupported-network`.
  func show(
    _ forecast: Forecast, _ cases: [Case], limit: Int?, results: [String] = []
  ) throws {
    let (told, problems) = try forecast.told(cases, limit: limit)
    // What is wrong with one case keeps the others' from nobody.
    if cases.count == 1, let problem = problems.first { throw problem.error }
    if context.output.isQuiet {
      context.output.text(told.map(\.name))
    } else {
      context.output.text(table(told))
    }
    for note in told.compactMap(\.note) { context.output.note(note) }
    let there = results.count { Folder.kind($0) != nil }
    if there > 0 {
      context.output.note(
        "note: \(counted(there, "result")) of \(cases.count) there already: kept where the same, else refused"
      )
    }
    guard let error = CohortSummary.error(problems, of: cases.count, fixes: []) else {
      return context.output.json("predict", json(told))
    }
    guard context.output.isJSON else { throw error }
    context.output.failure("predict", error, json(told))
    throw ExitCode(error.code.status.rawValue)
  }

  private func table(_ cases: [CaseForecast]) -> [String] {
    var table = Table(
      [
        .left("CASE", minimum: 12, keepsEnd: true), .left("VOXELS"), .right("PATCHES"),
        .right("ABOUT"),
        .right("MEMORY"),
      ], in: context)
    for item in cases {
      table.add([
        item.name.shortened(to: 30),
        item.shape.reversed().map(String.init).joined(separator: " x "), "\(item.patches)",
        Quantity.duration(item.seconds), Quantity.bytes(item.peakBytes),
      ])
    }
    let total = Quantity.duration(cases.reduce(0) { $0 + $1.seconds })
    let memory = Quantity.bytes(ProcessFacts.physicalMemory)
    return table.lines + ["", "About \(total) in all; this machine has \(memory) of memory."]
  }

  private func json(_ cases: [CaseForecast]) -> Members {
    [
      "planned": cases.map {
        [
          "case": $0.name, "shape": $0.shape, "patches": $0.patches, "replicas": $0.replicas,
          "seconds": $0.seconds, "peakBytes": $0.peakBytes, "leastBytes": $0.leastBytes,
          "note": $0.note,
        ] as Members
      }
    ]
  }
}
