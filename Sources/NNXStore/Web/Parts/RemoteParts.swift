import NNXSystem
import Synchronization

/// A published file that is read in parts, where it lies.
///
/// Every answer must be `206` with the parts asked for, the size of the first answer and its strong
/// entity tag: parts of two different files are never mixed. Neighbouring parts come with one
/// request; large ones go to partial files in the cache, which survive a kill and are continued.
final class RemoteParts: RandomAccess {
  let path: String
  let count: Int
  /// Entity tag that all parts share.
  let tag: String
  /// The address that was asked.
  let url: String

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
  /// - Throws: as `PartFetch.bring`; what `Transport.fetch` throws.
  init(
    _ file: RemoteFile, at url: String, of transport: HTTPTransport,
    progress: @escaping ProgressHandler
  ) throws(NNXError) {
    try Folder.create(transport.folder)
    lock = Mutex(try FileLock("\(transport.folder)/\(file.cacheKey(part: "")).lock"))
    let end = PartFetch(endOf: file, atMost: RemoteParts.tail)
    let place = try end.bring(from: url, of: transport.web)
    path = file.name
    count = place.total
    tag = place.tag
    self.url = url
    self.file = file
    self.transport = transport
    self.progress = progress
    state.withLock {
      $0.segments = [Segment(extent: place.extent, bytes: end.bytes)]
      $0.transferred = end.transferred
    }
  }

  /// Bytes that crossed the network.
  var transferred: Int { state.withLock { $0.transferred } }

  /// Files of the cache that hold parts.
  var files: [String] { state.withLock { $0.files } }

  func read(
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

  func prepare(_ parts: [Range<Int>]) throws(NNXError) {
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
    let part = PartFetch(.init(extent: extent, total: count, tag: tag), of: file)
    if extent.count > RemoteParts.inMemory {
      let key = file.cacheKey(part: "\(tag) \(extent.lowerBound)-\(extent.upperBound)")
      try part.keep(in: try Partial(key: key, in: transport.folder))
      counter?.add(part.done)
    }
    _ = try part.bring(from: url, of: transport.web) { counter?.add($0) }
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
}
