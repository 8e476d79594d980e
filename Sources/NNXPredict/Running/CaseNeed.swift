/// Bytes that a case holds while its networks run, with the program, and before and after them without it.
struct CaseNeed: Equatable {
  let networks: Int
  let besides: Int

  /// - Parameter estimates: of all stages.
  init(_ estimates: [Estimate]) {
    networks = estimates.reduce(0) { max($0, $1.peakBytes) }
    besides = estimates.reduce(0) { max($0, $1.besidesBytes) }
  }
}
