import NNXArchive
import NNXSystem
import NNXTensor

/// Compresses bytes to one deflate stream (RFC 1951), on all threads.
///
/// Blocks of a fixed length are compressed apart from each other and end on byte boundaries, as pigz
/// does it; the stream does not depend on the number of threads.
final class BlockDeflater {
  private static let blockLength = 1 << 20

  private let sink: ([UInt8]) throws(NNXError) -> Void
  private let kind: Checksum
  private let level: Int32
  private let threads: Threads
  private var pending: [UInt8] = []
  /// Of the bytes so far.
  private(set) var checksum: UInt
  /// Bytes that came in.
  private(set) var count = 0
  /// Bytes that went out.
  private(set) var compressedCount = 0

  /// - Parameters:
  ///   - level: of zlib, 1 (fast) to 9 (small).
  ///   - kind: which checksum is kept of the bytes that come in.
  ///   - sink: takes what comes out.
  init(
    level: Int32, threads: Threads, checksum kind: Checksum = .crc32,
    to sink: @escaping ([UInt8]) throws(NNXError) -> Void
  ) {
    self.level = level
    self.threads = threads
    self.kind = kind
    self.sink = sink
    checksum = kind.initial
  }

  convenience init(_ file: AtomicFile, level: Int32, threads: Threads) {
    self.init(level: level, threads: threads) { (bytes) throws(NNXError) in
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
      let step = min(bytes.byteCount - done, group - pending.count)
      pending.append(bytes.extracting(done..<done + step))
      done += step
      if done < bytes.byteCount && pending.count == group { try compress(isLast: false) }
    }
  }

  func write(_ bytes: [UInt8]) throws(NNXError) {
    try bytes.withRawSpan { (bytes) throws(NNXError) in try write(bytes) }
  }

  /// Ends the stream.
  func finish() throws(NNXError) { try compress(isLast: true) }

  private func compress(isLast: Bool) throws(NNXError) {
    let length = BlockDeflater.blockLength
    let blocks = stride(from: 0, to: max(pending.count, 1), by: length).map { start in
      DeflatedBlock(pending[start..<min(start + length, pending.count)])
    }
    pending.removeAll(keepingCapacity: true)
    threads.forEach(blocks.count) { index, _ in
      blocks[index].compress(
        level: level, isLast: isLast && index == blocks.count - 1, checksum: kind)
    }
    for block in blocks {
      checksum = kind.combined(checksum, block.checksum, count: block.count)
      count += block.count
      compressedCount += block.output.count
      try sink(block.output)
    }
  }
}

/// One block on its way through zlib.
private final class DeflatedBlock {
  private var input: [UInt8]
  private(set) var output: [UInt8] = []
  private(set) var checksum: UInt = 0
  let count: Int

  init(_ input: ArraySlice<UInt8>) {
    self.input = Array(input)
    count = input.count
  }

  func compress(level: Int32, isLast: Bool, checksum kind: Checksum) {
    checksum = input.withRawSpan { kind.updated(kind.initial, $0) }
    output = Deflate.block(input, level: level, isLast: isLast)
    input = []
  }
}
