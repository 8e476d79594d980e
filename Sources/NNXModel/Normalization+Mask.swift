extension Normalization {
  /// Whether statistics are taken inside the nonzero region only.
  package var usesMask: Bool {
    switch self {
    case .ct(_, let useMask), .ct2(_, let useMask), .zScore(let useMask): useMask
    case .none, .rescaleTo01, .rgbTo01: false
    }
  }
}
