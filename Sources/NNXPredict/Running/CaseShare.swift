import NNXTensor

/// What a case of several may use of the machine.
struct CaseShare {
  /// Of its networks.
  let threads: Threads
  /// Of what comes before and after them.
  let besides: Threads
  /// Where networks stay for the next case.
  let shelf: NetworkShelf?

  /// All of it, for a case that is done alone.
  static func all(_ threads: Threads) -> CaseShare {
    CaseShare(threads: threads, besides: threads, shelf: nil)
  }
}
