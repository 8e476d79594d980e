import NNXModel
import NNXNetwork
import NNXSystem

/// What a case is going to take, its stages together.
package struct CaseForecast: Sendable {
  package let name: String
  /// Extents of the image, `(z, y, x)`.
  package let shape: [Int]
  /// Runs of networks.
  package let patches: Int
  /// Networks that run patches at the same time.
  package let replicas: Int
  package let seconds: Double
  package let peakBytes: Int
  /// Bytes that no way of cutting the work can do without.
  package let leastBytes: Int
  /// What a person should know of it.
  package let note: String?

  init(_ item: Case, _ estimates: [Estimate], _ times: PatchTimes) {
    name = item.name
    shape = estimates[0].shape
    patches = estimates.reduce(0) { $0 + $1.patches }
    replicas = estimates.reduce(1) { max($0, $1.replicas) }
    seconds = times.seconds(estimates.map(\.patches))
    peakBytes = estimates.reduce(0) { max($0, $1.peakBytes) }
    leastBytes = estimates.reduce(0) { max($0, $1.leastBytes) }
    note = estimates.contains(where: \.growsOddly) ? Estimate.oddness(of: name) : nil
  }

  /// For tests of what is reckoned from it.
  init(name: String, seconds: Double, peakBytes: Int) {
    (self.name, self.seconds, self.peakBytes) = (name, seconds, peakBytes)
    (shape, patches, replicas, leastBytes, note) = ([], 0, 1, 0, nil)
  }
}

extension Forecast {
  /// What each case is going to take, after a short look at the machine, and the cases of which that cannot be told.
  ///
  /// - Parameter limit: of memory, if one is given.
  /// - Throws: `unsupported-network`, `usage`.
  package func told(
    _ cases: [Case], limit: Int?
  ) throws(NNXError) -> (cases: [CaseForecast], problems: [(name: String, error: NNXError)]) {
    let times = try PatchTimes(self)
    let replicas = replicas(cases, limit: limit)
    var told: [CaseForecast] = []
    var problems: [(name: String, error: NNXError)] = []
    for item in cases {
      do throws(NNXError) {
        if let problem = item.problem { throw problem }
        for path in item.images { try InputCheck.checkKind(path, predictor.reader) }
        told.append(CaseForecast(item, try estimates(item, replicas: replicas), times))
      } catch { problems.append((item.name, error)) }
    }
    return (told, problems)
  }
}
