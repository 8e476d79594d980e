import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// What is left of a cohort is going to take on machines with so many cores, from the headers of its images.
package struct CohortForecast: Sendable {
  /// Cases that are not done.
  package let left: [CaseForecast]
  /// How many are done, as their records say.
  package let done: Int
  /// Cases of which nothing can be told, and why.
  package let problems: [(name: String, error: NNXError)]
  let cores: Int
  /// Threads that were timed here; more are reckoned to be as much faster.
  let measured: Int
  /// How much longer cases of this cohort took than was told: the median, and of how many.
  let experience: (factor: Double, cases: Int)?

  /// - Parameters:
  ///   - forecast: of a predictor with as many threads as a worker has cores.
  ///   - here: threads that this machine can run.
  /// - Throws: `unsupported-network`, `usage`; `unreadable` when the records of the cohort are.
  package init(
    _ forecast: Forecast, _ cases: [Case], _ targets: OutputPaths, here: Threads,
    progress: ProgressHandler
  ) throws(NNXError) {
    cores = forecast.predictor.threads.count
    measured = min(cores, here.count)
    let times = try PatchTimes(forecast, timed: Threads(measured))
    let places = CohortPlaces(results: targets.folder ?? ".")
    let listing = try CohortListing(places)
    var left: [CaseForecast] = []
    var problems: [(name: String, error: NNXError)] = []
    var ratios: [Double] = []
    var done = 0
    for (index, item) in cases.enumerated() {
      progress(ProgressEvent(.read, item.name, index, of: cases.count, .files))
      let key = CaseKey(result: places.relative(targets.segmentations[index]))
      let isDone = listing.done.contains(key.text)
      if isDone { done += 1 }
      // Those that are done tell how fast this goes; some suffice.
      if isDone, ratios.count >= Self.enough { continue }
      do throws(NNXError) {
        if let problem = item.problem { throw problem }
        let told = CaseForecast(item, try forecast.estimates(item), times)
        if isDone {
          let record = try? DoneRecord(contentsOf: places.record(.done, key))
          if let seconds = record?.seconds, seconds > 0, told.seconds > 0 {
            ratios.append(seconds / told.seconds)
          }
        } else {
          left.append(told)
        }
      } catch { if !isDone { problems.append((item.name, error)) } }
    }
    progress(ProgressEvent(.read, "", cases.count, of: cases.count, .files))
    (self.left, self.done, self.problems) = (left, done, problems)
    experience =
      ratios.count >= 3
      ? (min(20, max(0.1, ratios.sorted()[ratios.count / 2])), ratios.count) : nil
  }

  private static let enough = 100

  /// For tests.
  init(
    left: [CaseForecast], done: Int = 0, cores: Int, measured: Int,
    experience: (factor: Double, cases: Int)? = nil
  ) {
    (self.left, self.done, self.cores, self.measured) = (left, done, cores, measured)
    (self.experience, problems) = (experience, [])
  }
}
