import NNXArchive
import NNXSystem
import NNXTensor

/// Compresses bytes to one deflate stream (RFC 1951), on all threads.
///
/// Blocks of a fixed length are compressed apart from each other and end on byte boundaries, as pigz
/// does it; the stream does not depend on the number of threads, nor on the parts in which bytes come.
final class BlockDeflater {
  private static let blockLength = 1 << 20

  private let sink: ([UInt8]) throws(NNXError) -> Void
  private let kind: Checksum
  private let method: Deflate.Method
  private let threads: Threads
  /// What came in parts that are shorter than a block for each thread.
  private var pending: [UInt8] = []
  /// Of the bytes so far.
  private(set) var checksum: UInt
  /// Bytes that came in.
  private(set) var count = 0
  /// Bytes that went out.
  private(set) var compressedCount = 0

  /// - Parameters:
  ///   - kind: which checksum is kept of the bytes that come in.
  ///   - sink: takes what comes out.
  init(
    _ method: Deflate.Method, threads: Threads, checksum kind: Checksum = .crc32,
    to sink: @escaping ([UInt8]) throws(NNXError) -> Void
  ) {
    self.method = method
    self.threads = threads
    self.kind = kind
    self.sink = sink
    checksum = kind.initial
  }

  convenience init(_ file: AtomicFile, _ method: Deflate.Method, threads: Threads) {
    self.init(method, threads: threads) { (bytes) throws(NNXError) in
      try file.write(bytes)
    }
  }

  /// Takes more bytes.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func write(_ bytes: RawSpan) throws(NNXError) {
    let group = threads.count * BlockDeflater.blockLength
    var done = 0
    while done < bytes.byteCount {
      let rest = bytes.byteCount - done
      if pending.isEmpty && rest >= group {
        // As they lie there, without a copy; what they become waits in memory.
        let length = min(rest / group, 8) * group
        try compress(bytes.extracting(done..<done + length))
        done += length
        continue
      }
      let step = min(rest, group - pending.count)
      pending.append(bytes.extracting(done..<done + step))
      done += step
      if pending.count == group { try compressPending() }
    }
  }

  func write(_ bytes: [UInt8]) throws(NNXError) {
    try bytes.withRawSpan { (bytes) throws(NNXError) in try write(bytes) }
  }

  /// Ends the stream: its last block is less than a whole one.
  func finish() throws(NNXError) { try compressPending(isLast: true) }

  private func compressPending(isLast: Bool = false) throws(NNXError) {
    try pending.withRawSpan { (bytes) throws(NNXError) in try compress(bytes, isLast: isLast) }
    pending.removeAll(keepingCapacity: true)
  }

  /// - Parameter isLast: whether the stream ends with them; others are whole blocks.
  private func compress(_ bytes: RawSpan, isLast: Bool = false) throws(NNXError) {
    let (length, kind, method) = (BlockDeflater.blockLength, kind, method)
    let whole = bytes.byteCount / length
    let blocks = threads.map(isLast ? whole + 1 : whole) { index -> DeflatedBlock in
      let input = bytes.extracting(
        index * length..<min((index + 1) * length, bytes.byteCount))
      return DeflatedBlock(
        output: Deflate.block(input, method, isLast: index == whole),
        checksum: kind.updated(kind.initial, input), count: input.byteCount)
    }
    for block in blocks {
      checksum = kind.combined(checksum, block.checksum, count: block.count)
      count += block.count
      compressedCount += block.output.count
      try sink(block.output)
    }
  }
}

/// One block that went through deflate.
private struct DeflatedBlock {
  let output: [UInt8]
  /// Of what went in.
  let checksum: UInt
  let count: Int
}
