import NNXModel
import NNXSystem

/// One file on its way: judges each answer and puts its bytes where they belong.
final class Download {
  let file: RemoteFile
  let partial: Partial
  private var counter: ByteCounter
  private let progress: ProgressHandler
  private var transferred = 0
  private var beginning: [UInt8] = []

  init(file: RemoteFile, partial: Partial, progress: @escaping ProgressHandler) {
    self.file = file
    self.partial = partial
    self.progress = progress
    counter = ByteCounter(
      .download, file.name, total: file.size, from: partial.count, progress)
  }

  /// One request for what is missing.
  ///
  /// - Throws: as `Web.get`; with `retry` when the answer ended before the file did.
  func bring(from url: String, of web: Web) throws(NNXError) {
    do throws(NNXError) {
      let request = Web.Request(url: url, headers: rangeHeaders, hosts: file.hosts)
      let answer = try web.get(request, begin: begin, receive: receive)
      let total = file.size ?? answer.total
      guard total == nil || total == partial.count else {
        throw .transient("ended after \(partial.count) of \(total ?? 0) bytes")
      }
    } catch {
      counter.finish()
      throw error
    }
  }

  /// Headers that ask for the bytes still missing.
  private var rangeHeaders: [(name: String, value: String)] {
    guard partial.count > 0 else { return [] }
    var headers = [(name: "Range", value: "bytes=\(partial.count)-")]
    if let tag = partial.tag { headers.append(("If-Range", tag)) }
    return headers
  }

  private func begin(_ answer: Answer) throws(NNXError) {
    switch answer.kind {
    case .whole: try beginWhole(answer)
    case .part(let range): try beginRest(range, tag: answer.head.strongTag)
    case .noSuchPart:
      try discard()
      throw .transient("answered 416 (no such part)", .hostRefused, wait: 0)
    default: throw answer.refusal()
    }
    if let encoding = answer.encoding {
      throw NNXError(
        .hostRefused, "\(answer.url) sends \(file.name) encoded as \(encoding), unasked")
    }
  }

  private func beginWhole(_ answer: Answer) throws(NNXError) {
    if partial.count > 0 { try discard() }
    if file.isArchive, answer.head["content-type"]?.lowercased().hasPrefix("text/html") == true {
      throw page("Content-Type: text/html")
    }
    try file.check(size: answer.total, from: answer.url)
    try file.check(md5: answer.head.taggedMD5, statedBy: answer.url)
    let total = answer.total ?? file.size
    try partial.note(
      tag: answer.head.strongTag, url: answer.url, name: file.name, total: total)
    counter = ByteCounter(.download, file.name, total: total, progress)
  }

  private func beginRest(_ range: ContentRange?, tag: String?) throws(NNXError) {
    guard let range, partial.count > 0, range.first == partial.count,
      range.last == range.total - 1, file.size == nil || file.size == range.total,
      partial.tag == nil || tag == nil || partial.tag == tag
    else {
      try discard()
      throw .transient("sent another part than the one asked for", wait: 0)
    }
  }

  /// Forgets the bytes so far.
  func discard() throws(NNXError) {
    try partial.restart()
    beginning = []
    counter = ByteCounter(.download, file.name, total: file.size, progress)
  }

  private func receive(_ bytes: RawSpan) throws(NNXError) {
    let most = file.size ?? file.sizeLimit
    guard bytes.byteCount <= most - partial.count else {
      try discard()
      throw NNXError(
        .integrity, "\(file.name) is longer than the \(most) bytes expected",
        details: ["Nothing was installed."])
    }
    try checkBeginning(bytes)
    try partial.append(bytes)
    transferred += bytes.byteCount
    counter.add(bytes.byteCount)
  }

  /// A page of a login portal or of a blocked client comes with status 200 too.
  private func checkBeginning(_ bytes: RawSpan) throws(NNXError) {
    guard file.isArchive, partial.count == 0, beginning.count < 2 else { return }
    beginning += bytes.copy(0..<min(64, bytes.byteCount))
    guard beginning.count >= 2, !beginsAsItsName else { return }
    let text = String(decoding: beginning.prefix(40), as: UTF8.self)
    throw page("It begins: \(text.split(whereSeparator: \.isNewline).first ?? "")")
  }

  /// Whether it begins as an archive of its name does: tar alone has no mark there, and is no page.
  private var beginsAsItsName: Bool {
    let name = file.name.lowercased()
    if name.hasSuffix(".tar") { return beginning.first != UInt8(ascii: "<") }
    return beginning.starts(with: ArchiveName.isTar(name) ? [0x1F, 0x8B] : Array("PK".utf8))
  }

  private func page(_ evidence: String) -> NNXError {
    NNXError(
      .hostRefused, "the host sent a page instead of \(file.name)", details: [evidence],
      fixes: ["Log in to the network, check the proxy, or try again later"])
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
  ///
  /// - Throws: `integrity`; the bytes are set aside then.
  func finish(source: String) throws(NNXError) -> FetchedFile {
    counter.finish()
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
}
