import ArgumentParser
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
  private let plans = NetworkPlans()

  /// Plans the networks.
  ///
  /// - Throws: `unsupported-network`.
  func plan() throws {
    for index in runs.indices {
      _ = try plans.bytes(of: index, runs[index].model, threads, replicas: 1)
    }
  }

  /// What each network needs for a case.
  ///
  /// - Parameter replicas: as many networks as may run at the same time.
  /// - Throws: what reading the case's header throws; `unsupported-network`.
  func estimates(_ item: Case, replicas: Int = 1) throws -> [Estimate] {
    let geometry = try readGeometry(item.images[0], as: reader)
    return try runs.indices.map { index in
      try Estimate(runs[index], geometry: geometry, replicas: replicas) { count throws(NNXError) in
        try plans.bytes(of: index, runs[index].model, threads, replicas: count)
      }
    }
  }

  /// How many networks run patches at the same time: no more than are worth it, and than fit into memory
  /// for every case.
  ///
  /// - Parameter limit: of memory, if one is given; else half of the machine's is used at most.
  func replicas(_ cases: [Case], limit: Int?) -> Int {
    func fits(_ estimate: Estimate) -> Bool {
      limit.map { Estimate.fits(estimate.peakBytes, below: $0) }
        ?? (estimate.peakBytes <= ProcessFacts.allowedMemory / 2)
    }
    var count = Estimate.mostReplicas(threads)
    while count > 1 {
      // A case whose header cannot be read says so when its turn comes.
      let allFit = cases.allSatisfy { item in
        (try? estimates(item, replicas: count))?.allSatisfy(fits) ?? true
      }
      if allFit { break }
      count /= 2
    }
    return count
  }

  private struct Line {
    var name: String
    var shape: [Int]
    var patches = 0
    var replicas = 1
    var seconds = 0.0
    var peakBytes = 0
    var leastBytes = 0
  }

  /// - Parameter limit: of memory, if one is given.
  /// - Throws: what reading a header throws; `unsupported-network`.
  func show(_ cases: [Case], limit: Int?) throws {
    let perPatch = try runs.map {
      try Network.secondsPerPatch($0.model.architecture, patch: $0.model.patch, threads: threads)
    }
    let replicas = replicas(cases, limit: limit)
    var lines: [Line] = []
    var problems: [(name: String, error: NNXError)] = []
    for item in cases {
      do {
        if let problem = item.problem { throw problem }
        lines.append(line(for: item, try estimates(item, replicas: replicas), perPatch))
      } catch let error as NNXError {
        // What is wrong with one case keeps the others' from nobody.
        guard cases.count > 1 else { throw error }
        problems.append((item.name, error))
      }
    }
    if context.output.isQuiet {
      context.output.text(lines.map(\.name))
    } else {
      context.output.text(table(lines))
    }
    guard let error = CohortSummary.error(problems, of: cases.count, fixes: []) else {
      return context.output.json("predict", json(lines))
    }
    guard context.output.isJSON else { throw error }
    context.output.failure("predict", error, json(lines))
    throw ExitCode(error.code.status.rawValue)
  }

  private func line(for item: Case, _ estimates: [Estimate], _ perPatch: [Double]) -> Line {
    var line = Line(name: item.name, shape: estimates[0].shape)
    for (estimate, seconds) in zip(estimates, perPatch) {
      line.patches += estimate.patches
      line.replicas = max(line.replicas, estimate.replicas)
      line.seconds += Double(estimate.patches) * seconds
      line.peakBytes = max(line.peakBytes, estimate.peakBytes)
      line.leastBytes = max(line.leastBytes, estimate.leastBytes)
    }
    return line
  }

  private func table(_ lines: [Line]) -> [String] {
    var table = Table(
      [
        .left("CASE", minimum: 12, keepsEnd: true), .left("VOXELS"), .right("PATCHES"),
        .right("ABOUT"),
        .right("MEMORY"),
      ], in: context)
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
            "replicas": .int($0.replicas), "seconds": .double($0.seconds),
            "peakBytes": .int($0.peakBytes),
            "leastBytes": .int($0.leastBytes),
          ]
        })
    ]
  }
}
