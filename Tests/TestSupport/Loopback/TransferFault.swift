/// What can go wrong between a host and its client, one kind each.
///
/// A kind misbehaves on the requests it is told to; all others are answered well.
public enum TransferFault: String, CaseIterable, Sendable {
  case none
  case dropAtOnce, dropAfterHead, cut, cutWithoutLength, chunkedCut, chunkedWithoutEnd, badChunkSize
  case cutUnannounced, cutWithoutLengthUnannounced, cutByReset
  case lengthTooShort, lengthTooLong, lengthNegative, lengthTwice, lengthHuge
  case flippedBit, otherFile, page
  case partUnasked, rangeIgnored, rangeWrongStart, rangeWrongTotal, rangeTotalUnknown
  case tagChanged, tagWeak, tagMissing, noSuchPart
  case redirect301, redirect302, redirect307, redirect308, redirectLoop, redirectRelative
  case redirectToHTTP, redirectToFTP, redirectToFile, redirectToLoopback, redirectToHost
  case redirectToMetadata, redirectToUser, redirectToPrivate, redirectToIPv6, redirectToDecimal
  case unauthorized, forbidden, notFound, gone, timeout
  case tooMany, tooManySeconds, tooManyDate, tooManyForever, tooManyNegative, retryAfterOnSuccess
  case error500, error502, error503, error504
  case stallBeforeHead, stallInBody, tooSlow, headerFlood, continued, encoded

  /// What the client has to make of it when it happens once.
  public enum Outcome: Sendable {
    /// The right bytes, perhaps after another try.
    case recovers
    /// An error, and nothing kept that could spoil a later download.
    case refuses
  }

  public var outcome: Outcome {
    switch self {
    case .lengthTooShort, .lengthTooLong, .lengthHuge, .page, .redirectToHTTP,
      .redirectToFTP, .redirectToFile, .redirectToLoopback, .redirectToHost, .redirectToMetadata,
      .redirectToUser, .redirectToPrivate, .redirectToIPv6, .redirectToDecimal, .unauthorized,
      .forbidden, .notFound, .gone, .tooManyForever, .headerFlood,
      .encoded:
      .refuses
    default: .recovers
    }
  }

  /// Whether it is about continuing, so that a first answer has to be cut short.
  public var needsPartial: Bool {
    [
      .rangeIgnored, .rangeWrongStart, .rangeWrongTotal, .rangeTotalUnknown, .tagChanged, .tagWeak,
      .tagMissing, .noSuchPart,
    ].contains(self)
  }

  /// A good answer, whole or the part that was asked for.
  public static func good(
    _ request: LoopbackServer.Request, _ body: [UInt8], tag: String = "\"v1\""
  ) -> LoopbackServer.Reply {
    guard let range = request.range(of: body.count), request.headers["if-range"] ?? tag == tag
    else { return .init(200, [("ETag", tag)], body) }
    guard !range.isEmpty else {
      return .init(416, [("Content-Range", "bytes */\(body.count)")])
    }
    let part = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(body.count)"
    return .init(206, [("ETag", tag), ("Content-Range", part)], Array(body[range]))
  }

  /// The answer that misbehaves.
  ///
  /// - Parameters:
  ///   - tag: entity tag of `body`.
  ///   - cut: bytes of the body before it happens, for the kinds where that matters.
  public func reply(
    _ request: LoopbackServer.Request, _ body: [UInt8], tag entity: String = "\"v1\"", cut: Int
  ) -> LoopbackServer.Reply {
    let tag = ("ETag", entity)
    let start = min(request.rangeStart ?? 0, max(body.count - 1, 0))
    let rest = Array(body.dropFirst(start))
    let other = body.prefix(2) + body.dropFirst(2).map { $0 ^ 0x55 }
    func head(_ lines: String...) -> [UInt8] {
      Array((["HTTP/1.1 200 OK"] + lines).joined(separator: "\r\n").utf8) + Array("\r\n\r\n".utf8)
    }
    func part(_ range: String, _ tag: (String, String)?, _ bytes: [UInt8]) -> LoopbackServer.Reply {
      .init(206, [tag].compactMap(\.self) + [("Content-Range", range)], bytes)
    }
    func location(_ status: Int, _ target: String) -> LoopbackServer.Reply {
      .init(status, [("Location", target)])
    }
    let chunk = Array("\(String(body.count, radix: 16))\r\n".utf8)
    let here = request.headers["host"] ?? ""
    let elsewhere = "/elsewhere\(request.path)"
    func ending(_ end: LoopbackServer.Reply.Ending, _ reply: LoopbackServer.Reply)
      -> LoopbackServer.Reply
    {
      var reply = reply
      reply.ending = end
      return reply
    }
    switch self {
    case .none: return TransferFault.good(request, body, tag: entity)
    case .dropAtOnce: return .init([])
    case .dropAfterHead: return .init([head("Content-Length: \(body.count)")])
    case .cut: return .init(200, [tag], body, cut: cut)
    case .cutWithoutLength: return .init(200, [tag], Array(body.prefix(cut)), length: "")
    case .cutUnannounced: return ending(.unannounced, .init(200, [tag], body, cut: cut))
    case .cutWithoutLengthUnannounced:
      return ending(.unannounced, .init(200, [tag], Array(body.prefix(cut)), length: ""))
    case .cutByReset: return ending(.reset, .init(200, [tag], body, cut: cut))
    case .chunkedCut: return .init([head("Transfer-Encoding: chunked"), chunk + body.prefix(cut)])
    case .chunkedWithoutEnd:
      return .init([head("Transfer-Encoding: chunked"), chunk + body + Array("\r\n".utf8)])
    case .badChunkSize:
      return .init([head("Transfer-Encoding: chunked"), Array("zz\r\n".utf8) + body.prefix(cut)])
    case .lengthTooShort: return .init(200, [tag], body, length: "\(max(cut, 1))")
    case .lengthTooLong: return .init(200, [tag], body, length: "\(body.count + 1 + cut)")
    case .lengthNegative: return .init(200, [tag], body, length: "-5")
    case .lengthTwice: return .init(200, [tag, ("Content-Length", "1000")], body)
    case .lengthHuge: return .init(200, [tag], body, length: "99999999999999")
    case .flippedBit:
      var wrong = body
      wrong[min(max(cut, 2), wrong.count - 1)] ^= 1
      return .init(200, [tag], wrong)
    case .otherFile: return .init(200, [tag], Array(other))
    case .page:
      let page = Array("<!DOCTYPE html><title>Log in to the hotel's network</title>".utf8)
      return .init(200, [("Content-Type", "text/html")], page)
    case .partUnasked: return part("bytes 0-\(body.count - 1)/\(body.count)", tag, body)
    case .rangeIgnored: return .init(200, [tag], body)
    case .rangeWrongStart: return part("bytes 0-\(rest.count - 1)/\(body.count)", tag, rest)
    case .rangeWrongTotal:
      return part("bytes \(start)-\(body.count - 1)/\(body.count + 9)", tag, rest)
    case .rangeTotalUnknown: return part("bytes \(start)-\(body.count - 1)/*", tag, rest)
    case .tagChanged:
      return part(
        "bytes \(start)-\(body.count - 1)/\(body.count)", ("ETag", "\"v2\""),
        Array(other.dropFirst(start)))
    case .tagWeak:
      return part(
        "bytes \(start)-\(body.count - 1)/\(body.count)", ("ETag", "W/\"v1\""),
        Array(other.dropFirst(start)))
    case .tagMissing:
      return part(
        "bytes \(start)-\(body.count - 1)/\(body.count)", nil, Array(other.dropFirst(start)))
    case .noSuchPart: return .init(416, [("Content-Range", "bytes */\(body.count)")])
    case .redirect301: return location(301, "\(request.scheme)://\(here)\(elsewhere)")
    case .redirect302: return location(302, "\(request.scheme)://\(here)\(elsewhere)")
    case .redirect307: return location(307, "\(request.scheme)://\(here)\(elsewhere)")
    case .redirect308: return location(308, "//\(here)\(elsewhere)")
    case .redirectRelative: return location(302, elsewhere)
    case .redirectLoop: return location(302, request.path)
    case .redirectToHTTP: return location(302, "http://zenodo.org/x")
    case .redirectToFTP: return location(302, "ftp://zenodo.org/x")
    case .redirectToFile: return location(302, "file:///etc/passwd")
    case .redirectToLoopback: return location(302, "https://127.0.0.1:1/x")
    case .redirectToHost: return location(302, "https://zenodo.org.example.com/x")
    case .redirectToMetadata: return location(302, "http://169.254.169.254/latest/meta-data")
    case .redirectToPrivate: return location(302, "https://10.0.0.1/x")
    case .redirectToIPv6: return location(302, "https://[::1]/x")
    case .redirectToDecimal: return location(302, "https://2130706433/x")
    case .redirectToUser: return location(302, "https://zenodo.org@example.com/x")
    case .unauthorized: return .init(401)
    case .forbidden: return .init(403, [], Array("<html>blocked</html>".utf8))
    case .notFound: return .init(404)
    case .gone: return .init(410)
    case .timeout: return .init(408)
    case .tooMany: return .init(429)
    case .tooManySeconds: return .init(429, [("Retry-After", "7")])
    case .tooManyDate: return .init(429, [("Retry-After", "Thu, 01 Jan 1970 00:20:00 GMT")])
    case .tooManyForever: return .init(429, [("Retry-After", "99999")])
    case .tooManyNegative: return .init(429, [("Retry-After", "-3")])
    case .retryAfterOnSuccess: return .init(200, [tag, ("Retry-After", "59")], body)
    case .error500: return .init(500, [], Array("<html>".utf8))
    case .error502: return .init(502)
    case .error503: return .init(503, [("Retry-After", "3")])
    case .error504: return .init(504)
    case .stallBeforeHead: return .init([[], head()], pause: 2.5)
    case .stallInBody:
      return .init([head("Content-Length: \(body.count)") + body.prefix(cut), []], pause: 2.5)
    case .tooSlow:
      let pieces = (0..<12).map { [body[$0]] }
      return .init([head("Content-Length: \(body.count)")] + pieces, pause: 0.2)
    case .headerFlood:
      let line = "X-Flood: \(String(repeating: "a", count: 1000))"
      return .init([head(String(repeating: line + "\r\n", count: 2000) + line)])
    case .continued:
      return .init(
        [Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)]
          + LoopbackServer.Reply(200, [tag], body).pieces)
    case .encoded: return .init(200, [tag, ("Content-Encoding", "gzip")], body)
    }
  }
}
