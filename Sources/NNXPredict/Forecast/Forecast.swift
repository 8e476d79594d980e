import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// What cases are going to take with a predictor, from the headers of their images and the stages that it runs;
/// and how its networks are to run, so that memory suffices.
package final class Forecast {
  let predictor: Predictor
  let stages: [Stage]
  let threads: Threads
  /// What networks hold, by stage and replicas: worked out once for all cases.
  private var known: [[Int]: Int] = [:]

  package convenience init(_ predictor: Predictor) { self.init(predictor, predictor.threads) }

  private init(_ predictor: Predictor, _ threads: Threads) {
    (self.predictor, self.threads) = (predictor, threads)
    stages = predictor.stages
  }

  /// The same on one thread, which holds the least.
  func onOneThread() -> Forecast { Forecast(predictor, Threads(1)) }

  /// Bytes that the networks of a fold hold.
  ///
  /// - Parameter stage: its number.
  /// - Throws: `unsupported-network`.
  func networkBytes(_ stage: Int, replicas: Int) throws(NNXError) -> Int {
    if let bytes = known[[stage, replicas]] { return bytes }
    let model = stages[stage].model
    let bytes = try Network.bytes(
      model.architecture, patch: model.patch, threads: threads, replicas: replicas)
    known[[stage, replicas]] = bytes
    return bytes
  }

  /// What each stage needs for a case.
  ///
  /// - Parameter replicas: as many networks as may run at the same time.
  /// - Throws: what reading the case's header throws; `unsupported-network`.
  func estimates(_ item: Case, replicas: Int = 1) throws(NNXError) -> [Estimate] {
    let geometry = try readGeometry(
      item.images[0], as: predictor.reader, series: predictor.options.series)
    return try stages.indices.map { (index) throws(NNXError) in
      try Estimate(stages[index], geometry: geometry, replicas: replicas) {
        (count) throws(NNXError) in try networkBytes(index, replicas: count)
      }
    }
  }

  /// What a case holds in memory; `nil` where its header cannot be read.
  func need(_ item: Case, _ execution: Execution) -> CaseNeed? {
    (try? estimates(item, replicas: execution.replicas)).map(CaseNeed.init)
  }

  /// Runs of networks that a case takes; 0 where its header cannot be read.
  package func patches(_ item: Case) -> Int {
    (try? estimates(item))?.reduce(0) { $0 + $1.patches } ?? 0
  }

  /// How many networks run patches at the same time: no more than are worth it, and than fit into memory
  /// for every case.
  ///
  /// - Parameter limit: of memory, if one is given; else half of the machine's is used at most.
  func replicas(_ cases: [Case], limit: Int?) -> Int {
    let budget = MemoryBudget(limit: limit, cache: "")
    func fits(_ estimate: Estimate) -> Bool { budget.hasRoom(estimate.peakBytes) }
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

  /// All that is decided before networks run on cases: whether memory suffices, and what goes through files
  /// else; how many networks run at the same time, and with which kernels.
  ///
  /// From here on the process keeps below the limit of the budget, if it has one.
  ///
  /// - Parameters:
  ///   - cases: those that are going to be computed.
  ///   - note: is told what a person should know.
  /// - Throws: what `MemoryBudget.hold` throws; what checking the kernels throws.
  package func execution(
    for cases: [Case], within budget: MemoryBudget, kernels: KernelCheckCache,
    note: (String) -> Void = { _ in }
  ) throws(NNXError) -> Execution {
    let abreast = abreast(try budget.hold(self, cases, note: note), budget)
    return try predictor.execution(
      replicas: max(1, replicas(cases, limit: budget.limit) / abreast), abreast: abreast,
      by: kernels)
  }

  /// How many cases have their networks at the same time, on half of the threads each: those of one wait less for each
  /// other, and for the neighbours of the case. A case that is an eighth of all, or more, might be the last one and have
  /// half of the threads for long.
  private func abreast(_ load: MemoryBudget.Load, _ budget: MemoryBudget) -> Int {
    // Two with their networks, and one before or after its own.
    let bytes = 3 * load.peak
    let isSmall = bytes > 0 && bytes <= Self.mostAbreast && budget.hasRoom(bytes)
    return isSmall && 8 * load.longest <= load.all && threads.count > 1 ? 2 : 1
  }

  /// Bytes beyond which no two cases have their networks at the same time: the larger a patch, the less its threads wait,
  /// and the more memory a second one takes.
  private static let mostAbreast = 768 << 20
}
