import NNXSystem

/// Why an attempt ended.
enum TransferProblem: Error {
  /// Worth another try, after `wait` seconds if the host says so.
  case transient(String, wait: Double? = nil)
  case fatal(NNXError)
}

extension TransferProblem {
  /// What an answer that refuses means; `nil` for answers with a body of use, and redirects.
  ///
  /// - Parameter now: seconds since 1970.
  init?(_ head: HTTPHead, url: String, now: Double) {
    switch head.status {
    case 200, 206, 416: return nil
    case 300..<400 where head["location"] != nil: return nil
    case 408, 425, 429, 500, 502, 503, 504:
      let wait =
        [429, 503].contains(head.status)
        ? RetryPolicy.wait(after: head["retry-after"], now: now) : nil
      self = .transient("answered \(Download.describe(head.status))", wait: wait)
    default:
      self = .fatal(
        NNXError(
          .hostRefused,
          "\(URLParts(url)?.authority ?? url) answered \(Download.describe(head.status))",
          details: ["Address: \(url)"],
          fixes: [
            head.status == 401 || head.status == 403
              ? "Try again later; a restricted record needs ZENODO_TOKEN"
              : "Check the address, or use a mirror"
          ]))
    }
  }
}

/// One file on its way: judges each answer and puts its bytes where they belong.
struct Download {
  let file: RemoteFile
  let partial: Partial
  private var counter: ByteCounter
  private let progress: ProgressHandler
  private var transferred = 0
  /// Whether the body of the current answer is the file.
  private var isWanted = false
  private var ignored = 0
  private var beginning: [UInt8] = []

  init(file: RemoteFile, partial: Partial, progress: @escaping ProgressHandler) {
    self.file = file
    self.partial = partial
    self.progress = progress
    counter = ByteCounter(
      .download, file.name, total: file.size, from: partial.count, progress)
  }

  /// Headers that ask for the bytes still missing.
  var rangeHeaders: [(name: String, value: String)] {
    guard partial.count > 0 else { return [] }
    var headers = [(name: "Range", value: "bytes=\(partial.count)-")]
    if let tag = partial.tag { headers.append(("If-Range", tag)) }
    return headers
  }

  func progressNow() {
    var counter = counter
    counter.finish()
  }

  /// Judges the head of an answer.
  ///
  /// - Throws: `TransferProblem`.
  mutating func begin(_ head: HTTPHead, url: String) throws(TransferProblem) {
    isWanted = false
    ignored = 0
    switch head.status {
    case 200: try beginWhole(head, url)
    case 206: try beginRest(head)
    case 416:
      try discard()
      throw TransferProblem.transient("answered 416 (no such part)", wait: 0)
    default: return
    }
    let encoding = head["content-encoding"]?.lowercased() ?? "identity"
    guard encoding == "identity" else {
      throw TransferProblem.fatal(
        NNXError(.hostRefused, "\(url) sends \(file.name) encoded as \(encoding), unasked"))
    }
    isWanted = true
  }

  private mutating func beginWhole(_ head: HTTPHead, _ url: String) throws(TransferProblem) {
    if partial.count > 0 { try discard() }
    if file.isArchive, head["content-type"]?.lowercased().hasPrefix("text/html") == true {
      throw page("Content-Type: text/html")
    }
    let total = head.contentLength
    if let size = file.size, let total, size != total {
      throw TransferProblem.fatal(
        NNXError(
          .integrity, "\(file.name) is not the file the registry names",
          details: ["expected size  \(size)", "got      size  \(total)  from \(url)"],
          fixes: ["Nothing was installed; try again later, or tell the registry's maintainers"]))
    }
    // Zenodo's entity tags are "md5:…" of the whole file.
    if let md5 = file.md5, let tag = head.strongTag, tag.hasPrefix("\"md5:"), tag.count == 38,
      tag.dropFirst(5).dropLast() != md5
    {
      throw TransferProblem.fatal(
        NNXError(
          .integrity, "\(file.name) is not the file the registry names",
          details: [
            "expected md5  \(md5)",
            "got      md5  \(tag.dropFirst(5).dropLast())  stated by \(url)",
          ],
          fixes: ["Nothing was fetched; the record may have a newer version"]))
    }
    do throws(NNXError) {
      try partial.note(
        tag: head.strongTag, url: url, name: file.name, total: total ?? file.size)
    } catch { throw TransferProblem.fatal(error) }
    counter = ByteCounter(.download, file.name, total: file.size ?? total, progress)
  }

  private mutating func beginRest(_ head: HTTPHead) throws(TransferProblem) {
    guard let range = head.contentRange, partial.count > 0, range.first == partial.count,
      range.last == range.total - 1, file.size == nil || file.size == range.total,
      partial.tag == nil || head.strongTag == nil || partial.tag == head.strongTag
    else {
      try discard()
      throw TransferProblem.transient("sent another part than the one asked for", wait: 0)
    }
  }

  /// Forgets the bytes so far.
  mutating func discard() throws(TransferProblem) {
    do throws(NNXError) { try partial.restart() } catch { throw .fatal(error) }
    beginning = []
    counter = ByteCounter(.download, file.name, total: file.size, progress)
  }

  /// Takes bytes of the body.
  ///
  /// - Throws: `TransferProblem`.
  mutating func receive(_ bytes: RawSpan) throws(TransferProblem) {
    guard isWanted else {
      ignored += bytes.byteCount
      guard ignored <= 1 << 20 else {
        throw TransferProblem.transient("sent a megabyte beside the point")
      }
      return
    }
    let most = file.size ?? file.sizeLimit
    guard bytes.byteCount <= most - partial.count else {
      try discard()
      throw TransferProblem.fatal(
        NNXError(
          .integrity, "\(file.name) is longer than the \(most) bytes expected",
          details: ["Nothing was installed."]))
    }
    try checkBeginning(bytes)
    do throws(NNXError) { try partial.append(bytes) } catch { throw TransferProblem.fatal(error) }
    transferred += bytes.byteCount
    counter.add(bytes.byteCount)
  }

  /// A page of a login portal or of a blocked client comes with status 200 too.
  private mutating func checkBeginning(_ bytes: RawSpan) throws(TransferProblem) {
    guard file.isArchive, partial.count == 0, beginning.count < 2 else { return }
    beginning += unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0.prefix(64)) }
    guard beginning.count >= 2, !beginning.starts(with: Array("PK".utf8)) else { return }
    let text = String(decoding: beginning.prefix(40), as: UTF8.self)
    throw page("It begins: \(text.split(whereSeparator: \.isNewline).first ?? "")")
  }

  private func page(_ evidence: String) -> TransferProblem {
    .fatal(
      NNXError(
        .hostRefused, "the host sent a page instead of \(file.name)", details: [evidence],
        fixes: ["Log in to the network, check the proxy, or try again later"]))
  }

  /// - Throws: `TransferProblem` when the answer ended before the file did.
  func checkComplete(_ head: HTTPHead) throws(TransferProblem) {
    guard isWanted else { throw .transient("answered \(Download.describe(head.status))") }
    let total = file.size ?? head.contentRange?.total ?? head.contentLength
    guard total == nil || total == partial.count else {
      throw .transient("ended after \(partial.count) of \(total ?? 0) bytes")
    }
  }

  /// The file, if all its bytes were here before anything was sent.
  func finishIfComplete(source: String) throws(NNXError) -> FetchedFile? {
    guard let size = file.size, file.sha256 != nil || file.md5 != nil, partial.count == size else {
      return nil
    }
    do throws(NNXError) {
      return try finish(source: source)
    } catch {
      guard error.code == .integrity else { throw error }
      try partial.restart()
      return nil
    }
  }

  /// Checks the digests and hands the file over.
  func finish(source: String) throws(NNXError) -> FetchedFile {
    progressNow()
    let digests = partial.digests()
    do throws(NNXError) {
      try file.check(
        size: partial.count, md5: digests.md5, sha256: digests.sha256, from: source)
    } catch {
      var error = error
      try partial.setAside(as: file.name)
      error.details.append(
        "The download is kept for a look: \(parentFolder(partial.path))/\(file.name).bad")
      throw error
    }
    return FetchedFile(
      file: try FileReader(partial.path), size: partial.count, md5: digests.md5,
      sha256: digests.sha256, source: source, transferred: transferred, isTemporary: true)
  }

  /// - Parameters:
  ///   - saved: bytes that a later attempt need not fetch again.
  ///   - size: bytes of the whole.
  static func givenUp(
    host: String, reason: String, wait: Double?, tries: Int, seconds: Double, saved: Int,
    of size: Int?
  ) -> NNXError {
    let answered = reason.hasPrefix("answered")
    var details = ["Tried \(tries) times over \(Int(saturating: seconds.rounded())) s"]
    if saved > 0 {
      let share = size.map { " (\(saved * 100 / max($0, 1)) %)" } ?? ""
      details[0] += "; \(saved) bytes\(share) are saved and will be resumed"
    }
    if !answered { details.append("Reason: \(reason)") }
    let pause = wait.map { "Wait \(Int(saturating: $0.rounded(.up))) s" } ?? "Try again later"
    let isLimited = wait != nil || reason.contains("429")
    return NNXError(
      isLimited ? .rateLimited : answered ? .hostRefused : .unreachable,
      answered ? "\(host) \(reason)" : "\(host) cannot be reached",
      details: details,
      fixes: [
        isLimited
          ? "\(pause), or set ZENODO_TOKEN for a higher limit, or use a mirror"
          : "\(pause), or use a mirror", "See what stands in the way: nnx doctor --network",
      ])
  }

  static func describe(_ status: Int) -> String {
    let meanings = [
      401: "not authorised", 403: "forbidden", 404: "not found", 408: "too slow",
      410: "removed", 416: "no such part", 425: "too early", 429: "too many requests",
      500: "an error of its own", 502: "a bad gateway", 503: "busy", 504: "a gateway timeout",
    ]
    return meanings[status].map { "\(status) (\($0))" } ?? "\(status)"
  }
}
