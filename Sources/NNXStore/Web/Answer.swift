import NNXSystem

/// What an answer means, judged by its head: the same for whole files, parts of them and documents.
///
/// Whoever asked says which kinds are of use, and throws `refusal` for the others.
struct Answer {
  enum Kind: Equatable {
    /// 200: all of what was asked for.
    case whole
    /// 206: a part of it; `nil` when the host does not say which.
    case part(ContentRange?)
    /// 304: it is what is known already.
    case unchanged
    /// 416: it has no such part.
    case noSuchPart
    /// A redirect, and where it leads.
    case elsewhere(String)
    /// 404 and 410: there is nothing.
    case missing
    case refused
  }

  let kind: Kind
  let head: HTTPHead
  /// Where it came from.
  let url: String
  /// The environment variable that holds a token for that host, if it has tokens.
  private let tokenVariable: String?

  /// - Parameters:
  ///   - publisher: the place of publication that `url` belongs to.
  ///   - now: seconds since 1970.
  /// - Throws: an error with `retry` when the host asks to come back, or contradicts itself;
  ///   `forbidden-host` for a redirect to what is no address.
  init(
    _ head: HTTPHead, from url: String, of publisher: (any PublishingHost)?, now: Double
  ) throws(NNXError) {
    // Two lengths are two messages to two readers (RFC 9112, 6.3).
    guard Set(head.headers.filter { $0.name == "content-length" }.map(\.value)).count <= 1 else {
      throw .transient("stated two lengths")
    }
    self.head = head
    self.url = url
    tokenVariable = publisher?.token.variable
    switch head.status {
    case 200: kind = .whole
    case 206: kind = .part(head.contentRange)
    case 304: kind = .unchanged
    case 404, 410: kind = .missing
    case 416: kind = .noSuchPart
    case 403 where publisher?.isLimited(head) == true:
      let reset = head.rateLimitReset.map { max(0, $0 - now) }
      throw .transient(
        "answered 403 (too many requests)", .rateLimited,
        wait: RetryPolicy.wait(after: head["retry-after"], now: now) ?? reset)
    case 408, 425, 429, 500, 502, 503, 504:
      let wait =
        [429, 503].contains(head.status)
        ? RetryPolicy.wait(after: head["retry-after"], now: now) : nil
      throw .transient(
        "answered \(Answer.describe(head.status))",
        head.status == 429 ? .rateLimited : .hostRefused, wait: wait)
    case 300..<400:
      guard let location = head["location"] else {
        kind = .refused
        return
      }
      guard let target = resolve(location, from: url) else {
        throw NNXError(.forbiddenHost, "\(url) leads to '\(location)', which is no address")
      }
      kind = .elsewhere(target)
    default: kind = .refused
    }
  }

  /// How the body is encoded, other than as itself.
  var encoding: String? {
    head["content-encoding"].map { $0.lowercased() }.flatMap { $0 == "identity" ? nil : $0 }
  }

  /// Bytes of the whole, as far as the head says.
  var total: Int? {
    if case .part(let range) = kind { return range?.total }
    return head.contentLength
  }

  /// The answer as an error, for whoever has no use for it.
  ///
  /// - Parameter advice: what helps; `nil`: what helps with files.
  func refusal(_ advice: String? = nil) -> NNXError {
    let needsToken = tokenVariable.map { "; what is restricted needs \($0)" } ?? ""
    return NNXError(
      .hostRefused,
      "\(URLParts(url)?.authority ?? url) answered \(Answer.describe(head.status))",
      details: ["Address: \(url)"],
      fixes: [
        advice
          ?? ([401, 403].contains(head.status)
            ? "Try again later\(needsToken)" : "Check the address, or use a mirror")
      ])
  }

  private static func describe(_ status: Int) -> String {
    let meanings = [
      401: "not authorised", 403: "forbidden", 404: "not found", 408: "too slow",
      410: "removed", 425: "too early", 429: "too many requests", 500: "an error of its own",
      502: "a bad gateway", 503: "busy", 504: "a gateway timeout",
    ]
    return meanings[status].map { "\(status) (\($0))" } ?? "\(status)"
  }
}
