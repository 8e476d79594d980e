import NNXSystem
import Synchronization

/// A published file that is read in parts, where it lies.
///
/// Every answer must be `206` with the parts asked for, the size of the first answer and its strong
/// entity tag: parts of two different files are never mixed. Neighbouring parts come with one
/// request; large ones go to partial files in the cache, which survive a kill and are continued.
package final class RemoteParts: RandomAccess {
  package let path: String
  package let count: Int
  /// Entity tag that all parts share.
  package let tag: String
  /// The address that was asked.
  package let url: String

  private struct Segment {
    var extent: Range<Int>
    var bytes: [UInt8] = []
    /// For large parts: the file that begins at `extent.lowerBound`.
    var file: FileReader?
  }

  private struct State {
    var segments: [Segment] = []
    var transferred = 0
    var files: [String] = []
  }

  private let transport: HTTPTransport
  private let file: RemoteFile
  private let progress: ProgressHandler
  private let state = Mutex(State())
  private let lock: Mutex<FileLock>

  /// Parts nearer to each other than this are fetched together: less than a request costs.
  static let gap = 128 << 10
  /// Parts larger than this go to a file.
  static let inMemory = 1 << 20
  /// What is read first: the longest end of a zip file, its comment included.
  private static let tail = 22 + 65535

  /// Asks `url` for the end of the file.
  ///
  /// - Throws: `parts-refused` when the host sends whole files only, or without a strong entity tag;
  ///   `integrity` when size or MD5 differ from what is promised; what `Transport.fetch` throws.
  init(
    _ file: RemoteFile, at url: String, of transport: HTTPTransport,
    progress: @escaping ProgressHandler
  ) throws(NNXError) {
    try Folder.create(transport.folder)
    lock = Mutex(
      try FileLock("\(transport.folder)/\(RemoteParts.key(of: file, "")).lock"))
    let range =
      file.size.map { "\(max(0, $0 - RemoteParts.tail))-\($0 - 1)" } ?? "-\(RemoteParts.tail)"
    var answer: (range: ContentRange, tag: String)?
    var bytes: [UInt8] = []
    try transport.retrying(url, file.name) { () throws(TransferProblem) in
      bytes = []
      let head = try transport.request(url, for: file, headers: [("Range", "bytes=\(range)")]) {
        (head, _) throws(TransferProblem) in
        guard let found = try RemoteParts.range(head, of: file, url) else { return }
        guard let tag = head.strongTag else { throw .fatal(.partsRefused(file, url)) }
        try RemoteParts.check(tag, total: found.total, of: file, url)
        answer = (found, tag)
      } onBytes: { (piece) throws(TransferProblem) in
        // The body of a redirect.
        guard let answer else { return }
        guard piece.byteCount <= answer.range.count - bytes.count else {
          throw .transient("sent more than the part asked for")
        }
        unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
      }
      guard let answer, bytes.count == answer.range.count,
        answer.range.last == answer.range.total - 1
      else { throw .transient("answered \(head.status) and not all of the part") }
    }
    guard let answer else { throw NNXError(.bug, "\(url) gave no answer") }
    path = file.name
    count = answer.range.total
    tag = answer.tag
    self.url = url
    self.file = file
    self.transport = transport
    self.progress = progress
    state.withLock {
      $0.segments = [Segment(extent: answer.range.first..<answer.range.total, bytes: bytes)]
      $0.transferred = bytes.count
    }
  }

  /// Bytes that crossed the network.
  package var transferred: Int { state.withLock { $0.transferred } }

  /// Files of the cache that hold parts.
  package var files: [String] { state.withLock { $0.files } }

  package func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(NNXError) -> Int {
    let end = min(count, offset + buffer.count)
    guard offset < end else { return 0 }
    var segment = state.withLock { $0.segments.first { $0.extent.contains(offset..<end) } }
    if segment == nil {
      try fetch(offset..<min(count, max(end, offset + 4096)), nil)
      segment = state.withLock { $0.segments.first { $0.extent.contains(offset..<end) } }
    }
    guard let segment else { throw NNXError(.bug, "\(path): a part that was fetched is missing") }
    let start = offset - segment.extent.lowerBound
    if let file = segment.file {
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - offset)])
      return try unsafe file.read(at: start, into: part)
    }
    unsafe segment.bytes.withUnsafeBytes {
      unsafe buffer.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: $0[start..<start + end - offset]))
    }
    return end - offset
  }

  package func prepare(_ parts: [Range<Int>]) throws(NNXError) {
    let known = state.withLock { $0.segments.map(\.extent) }
    let missing = parts.filter { part in
      !part.isEmpty && !known.contains { $0.contains(part) }
    }
    let joined = RemoteParts.joined(missing)
    let total = joined.reduce(0) { $0 + $1.count }
    try DiskSpace.require(total, at: transport.folder)
    let counter = SharedCounter(
      ByteCounter(.download, file.name, total: total, progress))
    for part in joined { try fetch(part, total > RemoteParts.inMemory ? counter : nil) }
  }

  /// Neighbours as one, in the order of the file.
  static func joined(_ parts: [Range<Int>]) -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, part.lowerBound <= last.upperBound + gap {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
      } else {
        joined.append(part)
      }
    }
    return joined
  }

  private func fetch(_ extent: Range<Int>, _ counter: SharedCounter?) throws(NNXError) {
    let isLarge = extent.count > RemoteParts.inMemory
    var part = PartFetch(extent, of: count, tag: tag)
    if isLarge {
      let key = RemoteParts.key(of: file, "\(tag) \(extent.lowerBound)-\(extent.upperBound)")
      try part.keep(in: try Partial(key: key, in: transport.folder))
      counter?.add(part.done)
    }
    func done() -> Int { part.done }
    try transport.retrying(url, file.name, progress: done) {
      () throws(TransferProblem) in
      guard part.done < extent.count else { return }
      let head = try transport.request(url, for: file, headers: part.headers) {
        (head, url) throws(TransferProblem) in
        try part.begin(head, file, url)
      } onBytes: { (bytes) throws(TransferProblem) in
        try part.receive(bytes)
        counter?.add(bytes.byteCount)
      }
      guard part.done == extent.count else {
        throw .transient("ended after \(part.done) of \(extent.count) bytes (\(head.status))")
      }
    }
    let segment =
      try part.partial.map { (partial) throws(NNXError) in
        Segment(extent: extent, file: try FileReader(partial.path))
      } ?? Segment(extent: extent, bytes: part.bytes)
    counter?.finish()
    state.withLock {
      $0.segments.append(segment)
      $0.transferred += part.transferred
      if let partial = part.partial { $0.files.append(partial.path) }
    }
  }

  private static func key(of file: RemoteFile, _ part: String) -> String {
    let digest = Digest(.sha256)
    digest.update(Array("part of \(HTTPTransport.key(of: file)) \(part)".utf8))
    return String(digest.finish().prefix(24))
  }

  /// The range that a first answer holds; `nil` for answers that lead elsewhere.
  private static func range(
    _ head: HTTPHead, of file: RemoteFile, _ url: String
  ) throws(TransferProblem) -> ContentRange? {
    switch head.status {
    case 206:
      guard let range = head.contentRange else {
        throw .transient("sent a part without saying which")
      }
      return range
    // A file that is shorter than its promised size, or a host that sends whole files only.
    case 200, 416: throw .fatal(.partsRefused(file, url))
    default: return nil
    }
  }

  private static func check(
    _ tag: String, total: Int, of file: RemoteFile, _ url: String
  ) throws(TransferProblem) {
    var promised = [("size", file.size.map(String.init), String(total))]
    // Zenodo's entity tags are "md5:…" of the whole file.
    if tag.hasPrefix("\"md5:"), tag.utf8.count == 38 {
      promised.append(("md5", file.md5, String(tag.dropFirst(5).dropLast())))
    }
    for case (let what, .some(let expected), let got) in promised where expected != got {
      throw .fatal(
        NNXError(
          .integrity, "\(file.name) is not the file the registry names",
          details: ["expected \(what)  \(expected)", "got      \(what)  \(got)  stated by \(url)"],
          fixes: ["Nothing was fetched; the record may have a newer version"]))
    }
  }
}

extension NNXError.Code {
  /// The host sends whole files only.
  static let partsRefused = NNXError.Code("parts-refused", .unavailable)
  /// The file on the host became another one while it was read.
  package static let changedMeanwhile = NNXError.Code("integrity", .integrity)
}

extension NNXError {
  static func partsRefused(_ file: RemoteFile, _ url: String) -> NNXError {
    NNXError(.partsRefused, "\(url) does not give parts of \(file.name)")
  }
}

extension ContentRange {
  var count: Int { last - first + 1 }
}
