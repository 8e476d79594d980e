import NNXSystem

/// How often to try again, and how long to wait before.
struct RetryPolicy: Sendable {
  /// Tries in a row that bring no new bytes before the next address is taken.
  var attempts = 5
  /// Tries in all, however much each brings.
  var most = 100
  /// Seconds; a host that asks for more is taken at its word and left alone.
  var longestWait = 300.0

  init() {}

  /// For what nnx can do without, or knows in an older form.
  static let brief: RetryPolicy = {
    var policy = RetryPolicy()
    policy.attempts = 3
    return policy
  }()

  /// Seconds before try number `failures + 1`: 1, 2, 4, 8 … 60, plus up to a quarter by chance so
  /// that many machines do not come back at once.
  func backoff(_ failures: Int) -> Double {
    min(60, Double(1 << min(max(failures - 1, 0), 6))) * .random(in: 1...1.25)
  }
}

extension NNXError {
  /// What kept an answer from coming, or from being of use, and may be otherwise with the next try.
  ///
  /// - Parameter wait: seconds that must pass before it, where somebody says so.
  static func transient(
    _ reason: String, _ code: Code = .unreachable, wait: Double? = nil
  ) -> NNXError {
    var error = NNXError(code, reason)
    error.retry = Retry(wait: wait)
    return error
  }
}

extension Web {
  /// Repeats `body` while its errors say that another try may succeed, with the pauses that hosts and
  /// policy ask for.
  ///
  /// - Parameters:
  ///   - request: what is asked, for the error.
  ///   - saved: bytes that have arrived and need not come again; more of them count as a success.
  ///   - size: bytes of the whole.
  /// - Throws: the first error that is final; `unreachable` or `host-refused` when it is given up.
  func retrying<Value>(
    _ request: Request, saved: @autoclosure () -> Int = 0, of size: Int? = nil,
    _ body: () throws(NNXError) -> Value
  ) throws(NNXError) -> Value {
    let begin = clock.now()
    var (failures, tries) = (0, 0)
    while true {
      tries += 1
      let before = saved()
      do throws(NNXError) {
        return try body()
      } catch {
        guard let again = error.retry else { throw error }
        failures = saved() > before ? 1 : failures + 1
        let pause = again.wait ?? retry.backoff(failures)
        guard failures < retry.attempts, tries < retry.most, pause <= retry.longestWait else {
          let seconds = Int(saturating: (clock.now() - begin).rounded())
          var effort = "Tried \(tries) times over \(seconds) s"
          if saved() > 0 {
            let share = size.map { " (\(saved() * 100 / max($0, 1)) %)" } ?? ""
            effort += "; \(saved()) bytes\(share) are saved and will be resumed"
          }
          throw givenUp(request, after: error, again, effort)
        }
        clock.sleep(pause)
      }
    }
  }

  private func givenUp(
    _ request: Request, after last: NNXError, _ retry: NNXError.Retry, _ effort: String
  ) -> NNXError {
    let isAnswer = last.code != .unreachable
    let isLimited = retry.wait != nil || last.code == .rateLimited
    let wait = retry.wait.map { Int(saturating: $0.rounded(.up)) } ?? 0
    let pause = wait > 0 ? "Wait \(wait) s" : "Try again later"
    let token = hosts.publisher(of: request.url)?.token.variable
    let more = token.flatMap { isLimited ? ", or set \($0) for a higher limit" : nil } ?? ""
    return NNXError(
      isLimited ? .rateLimited : last.code,
      "\(request.who) " + (isAnswer ? last.message : "cannot be reached"),
      details: [effort] + (isAnswer ? [] : ["Reason: \(last.message)"]),
      fixes: request.advice ?? [
        "\(pause)\(more), or use a mirror", "See what stands in the way: nnx doctor --network",
      ])
  }
}
