import Glibc
import NNXSystem
import NNXTensor

/// What cases need, held against what this worker has: memory, and time until its job ends.
package final class CohortLimits {
  private struct Need {
    /// Runs of each stage's network.
    var patches: [Int]
    var peak: Int
    var least: Int
  }

  private let forecast: Forecast
  private let budget: MemoryBudget
  /// Seconds since 1970, by the clock of this machine.
  private let deadline: Double?
  /// `nil`: what cannot be told from a case's headers.
  private var needs: [Int: Need?] = [:]
  private var times: PatchTimes?
  /// How much longer cases took than was told; the largest.
  private var slowness = 1.0

  /// Up to so many cases their headers are read before the first is begun; of more, the sizes of their files tell
  /// which are large.
  private static let mostHeaders = 2000

  /// - Parameter deadline: seconds since 1970; `nil` for none.
  package init(_ forecast: Forecast, _ budget: MemoryBudget, deadline: Double?) {
    (self.forecast, self.budget, self.deadline) = (forecast, budget, deadline)
  }

  private func need(_ index: Int, _ item: Case) -> Need? {
    if let known = needs[index] { return known }
    let need = (try? forecast.estimates(item)).map { estimates in
      Need(
        patches: estimates.map(\.patches), peak: estimates.map(\.peakBytes).max() ?? 0,
        least: estimates.map(\.leastBytes).max() ?? 0)
    }
    needs[index] = .some(need)
    return need
  }

  /// What each case costs, in a unit of their own: patches where headers are read, else bytes.
  ///
  /// - Parameter skips: cases whose cost nobody asks for.
  func costs(_ cases: [Case], skips: (Int) -> Bool) -> [Double] {
    let isFew = cases.indices.count { !skips($0) } <= Self.mostHeaders
    return cases.indices.map { index in
      let item = cases[index]
      if item.problem != nil || skips(index) { return 0 }
      if isFew { return Double(need(index, item)?.patches.reduce(0, +) ?? 0) }
      return item.images.reduce(0) { sum, image in
        guard case .file(let size) = Folder.kind(image) else { return sum }
        return sum + Double(size)
      }
    }
  }

  /// Why a case is left to others.
  ///
  /// - Parameter wait: seconds until it could begin.
  func obstacle(_ index: Int, _ item: Case, after wait: Double) -> WorkerPool.Obstacle? {
    // What cannot be read says so when it is tried.
    guard item.problem == nil, let need = need(index, item) else { return nil }
    if !budget.holds(peak: need.peak, least: need.least) { return .memory }
    guard let deadline, let seconds = seconds(need) else { return nil }
    // A fourth more than was told, and a moment to end in.
    let left = deadline - ProcessFacts.seconds(CLOCK_REALTIME)
    return wait + seconds * slowness * 1.25 + 5 > left ? .time : nil
  }

  private func seconds(_ need: Need) -> Double? {
    if times == nil { times = try? PatchTimes(forecast) }
    return times?.seconds(need.patches)
  }

  /// Learns how long a case took.
  func learn(_ index: Int, seconds: Double) {
    guard deadline != nil, case .some(.some(let need)) = needs[index],
      let told = self.seconds(need), told > 0
    else { return }
    slowness = max(slowness, seconds / told)
  }
}

extension MemoryBudget {
  /// Whether a case can be done here, as `hold` decides it.
  ///
  /// - Parameters:
  ///   - peak: bytes of the largest phase.
  ///   - least: bytes that no way of cutting the work can do without.
  func holds(peak: Int, least: Int) -> Bool {
    guard let limit else { return peak <= ProcessFacts.allowedMemory }
    return least <= limit - MemoryLimit.reserve(of: limit)
  }
}
