import NNXSystem

/// One part of a remote file on its way: judges each answer and keeps its bytes.
final class PartFetch {
  /// Where a part lies in which state of a file.
  struct Place {
    let extent: Range<Int>
    /// Bytes of the whole file.
    let total: Int
    /// Entity tag of all answers.
    let tag: String
  }

  private let file: RemoteFile
  /// For the end of a file: `nil` until the first answer says where that is.
  private(set) var place: Place?
  /// The most bytes that the end of a file has.
  private let longestEnd: Int
  /// Where the bytes go; into memory when there is none.
  private(set) var partial: Partial?
  private(set) var bytes: [UInt8] = []
  private(set) var transferred = 0

  /// The last bytes of a file that nothing was seen of yet.
  init(endOf file: RemoteFile, atMost longest: Int) {
    self.file = file
    longestEnd = longest
  }

  init(_ place: Place, of file: RemoteFile) {
    self.file = file
    self.place = place
    longestEnd = 0
  }

  /// Uses a partial file; what it holds of another file is thrown away.
  func keep(in partial: Partial) throws(NNXError) {
    let extent = place?.extent ?? 0..<0
    if partial.count > extent.count || (partial.count > 0 && partial.tag != place?.tag) {
      try partial.restart()
    }
    self.partial = partial
  }

  /// Bytes so far.
  var done: Int { partial?.count ?? bytes.count }

  /// Asks for what is missing until it is here.
  ///
  /// - Parameter received: told about bytes.
  /// - Throws: `parts-refused` when the host sends whole files only, or without a strong entity tag;
  ///   `changedMeanwhile`; `integrity` when size or MD5 differ from what is promised; as
  ///   `Web.retrying`.
  func bring(
    from url: String, of web: Web, _ received: (Int) -> Void = { _ in }
  ) throws(NNXError) -> Place {
    try web.retrying(Web.Request(url: url), saved: done) { () throws(NNXError) in
      if let place, done == place.extent.count { return place }
      let request = Web.Request(url: url, headers: headers, hosts: file.hosts)
      let answer = try web.get(request, begin: begin) { (piece) throws(NNXError) in
        try receive(piece)
        received(piece.byteCount)
      }
      guard let place, done == place.extent.count else {
        let all = place?.extent.count ?? 0
        throw .transient("ended after \(done) of \(all) bytes (\(answer.head.status))")
      }
      return place
    }
  }

  private var headers: [(name: String, value: String)] {
    if let place {
      let part = "\(place.extent.lowerBound + done)-\(place.extent.upperBound - 1)"
      return [("Range", "bytes=\(part)"), ("If-Range", place.tag)]
    }
    let end = file.size.map { "\(max(0, $0 - longestEnd))-\($0 - 1)" } ?? "-\(longestEnd)"
    return [("Range", "bytes=\(end)")]
  }

  private func begin(_ answer: Answer) throws(NNXError) {
    let tag = answer.head.strongTag
    switch answer.kind {
    case .part(let range):
      guard let range else { throw .transient("sent a part without saying which") }
      let place = if let place { place } else { try end(range, tag: tag, answer) }
      guard tag == place.tag else { throw changed(answer) }
      guard range.first == place.extent.lowerBound + done,
        range.last == place.extent.upperBound - 1, range.total == place.total
      else { throw .transient("sent another part than the one asked for") }
      guard answer.encoding == nil else { throw refused(answer) }
      if done == 0 {
        try partial?.note(tag: tag, url: answer.url, name: file.name, total: place.total)
      }
      self.place = place
    // `If-Range` with another tag gives the whole of the new file.
    case .whole: throw place == nil || place?.tag == tag ? refused(answer) : changed(answer)
    // Without a place: a file that is shorter than its promised size.
    case .noSuchPart: throw place == nil ? refused(answer) : changed(answer)
    default: throw answer.refusal()
    }
  }

  /// What the first answer says about the file and its end.
  private func end(
    _ range: ContentRange, tag: String?, _ answer: Answer
  ) throws(NNXError) -> Place {
    guard let tag else { throw refused(answer) }
    try file.check(size: range.total, md5: answer.head.taggedMD5, statedBy: answer.url)
    guard range.last == range.total - 1, range.count <= longestEnd else {
      throw .transient("sent another part than the one asked for")
    }
    return Place(extent: range.first..<range.total, total: range.total, tag: tag)
  }

  private func receive(_ piece: RawSpan) throws(NNXError) {
    guard let place, piece.byteCount <= place.extent.count - done else {
      throw .transient("sent more than the part asked for")
    }
    transferred += piece.byteCount
    if let partial { try partial.append(piece) } else { bytes.append(piece) }
  }

  private func refused(_ answer: Answer) -> NNXError {
    NNXError(.partsRefused, "\(answer.url) does not give parts of \(file.name)")
  }

  private func changed(_ answer: Answer) -> NNXError {
    NNXError(
      .changedMeanwhile, "\(file.name) changed on its host while it was read",
      details: ["Address: \(answer.url)", "Nothing was installed."],
      fixes: ["Try again; the record may have a newer version"])
  }
}

extension NNXError.Code {
  /// The host sends whole files only.
  static let partsRefused = NNXError.Code("parts-refused", .unavailable)
  /// The file on the host became another one while it was read.
  static let changedMeanwhile = NNXError.Code("integrity", .integrity)
}
