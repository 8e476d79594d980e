import NNXSystem

/// One part of a remote file on its way: judges each answer and keeps its bytes.
struct PartFetch {
  let extent: Range<Int>
  let total: Int
  let tag: String
  /// Where the bytes go; into memory when there is none.
  private(set) var partial: Partial?
  private(set) var bytes: [UInt8] = []
  private(set) var transferred = 0
  /// Whether the body of the current answer is the part.
  private var isWanted = false

  /// - Parameters:
  ///   - total: bytes of the whole file.
  ///   - tag: entity tag of the answers before.
  init(_ extent: Range<Int>, of total: Int, tag: String) {
    self.extent = extent
    self.total = total
    self.tag = tag
  }

  /// Uses a partial file; what it holds of another file is thrown away.
  mutating func keep(in partial: Partial) throws(NNXError) {
    if partial.count > extent.count || (partial.count > 0 && partial.tag != tag) {
      try partial.restart()
    }
    self.partial = partial
  }

  /// Bytes so far.
  var done: Int { partial?.count ?? bytes.count }

  var headers: [(name: String, value: String)] {
    [
      ("Range", "bytes=\(extent.lowerBound + done)-\(extent.upperBound - 1)"), ("If-Range", tag),
    ]
  }

  /// Judges the head of an answer.
  ///
  /// - Throws: `TransferProblem`; fatal with `parts-refused` or `changedMeanwhile` when no answer will be right.
  mutating func begin(
    _ head: HTTPHead, _ file: RemoteFile, _ url: String
  ) throws(TransferProblem) {
    isWanted = false
    switch head.status {
    case 206:
      guard head.strongTag == tag else { throw .fatal(changed(file, url)) }
      guard let range = head.contentRange, range.first == extent.lowerBound + done,
        range.last == extent.upperBound - 1, range.total == total
      else { throw .transient("sent another part than the one asked for") }
      let encoding = head["content-encoding"]?.lowercased() ?? "identity"
      guard encoding == "identity" else { throw .fatal(.partsRefused(file, url)) }
      do throws(NNXError) {
        if done == 0 { try partial?.note(tag: tag, url: url, name: file.name, total: total) }
      } catch { throw .fatal(error) }
      isWanted = true
    // `If-Range` with another tag gives the whole of the new file.
    case 200: throw .fatal(head.strongTag == tag ? .partsRefused(file, url) : changed(file, url))
    case 416: throw .fatal(changed(file, url))
    default: return
    }
  }

  /// Takes bytes of the body.
  mutating func receive(_ piece: RawSpan) throws(TransferProblem) {
    guard isWanted else { return }
    guard piece.byteCount <= extent.count - done else {
      throw .transient("sent more than the part asked for")
    }
    transferred += piece.byteCount
    guard let partial else {
      unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
      return
    }
    do throws(NNXError) { try partial.append(piece) } catch { throw .fatal(error) }
  }

  private func changed(_ file: RemoteFile, _ url: String) -> NNXError {
    NNXError(
      .changedMeanwhile, "\(file.name) changed on its host while it was read",
      details: ["Address: \(url)", "Nothing was installed."],
      fixes: ["Try again; the record may have a newer version"])
  }
}
