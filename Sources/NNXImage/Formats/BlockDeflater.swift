import CZlib
import NNXSystem
import NNXTensor

/// Compresses bytes to one deflate stream (RFC 1951), on all threads.
///
/// Blocks of a fixed length are compressed apart from each other and end on byte boundaries, as pigz
/// does it; the stream does not depend on the number of threads.
final class BlockDeflater {
  private static let blockLength = 1 << 20

  /// Which checksum is kept of the bytes that come in.
  enum Checksum {
    /// CRC-32, for gzip and zip.
    case crc32
    /// Adler-32, for zlib.
    case adler32
  }

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
  ///   - sink: takes what comes out.
  init(
    level: Int32, threads: Threads, checksum kind: Checksum = .crc32,
    to sink: @escaping ([UInt8]) throws(NNXError) -> Void
  ) {
    self.level = level
    self.threads = threads
    self.kind = kind
    self.sink = sink
    checksum = kind == .crc32 ? 0 : 1
  }

  convenience init(_ file: AtomicFile, level: Int32, threads: Threads) {
    self.init(level: level, threads: threads) { (bytes) throws(NNXError) in
      try file.write(bytes)
    }
  }

  /// Takes more bytes.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func write(_ bytes: UnsafeRawBufferPointer) throws(NNXError) {
    let group = threads.count * BlockDeflater.blockLength
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let step = min(rest.count, group - pending.count)
      unsafe pending.append(contentsOf: rest.prefix(step))
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step))
      if unsafe !rest.isEmpty && pending.count == group { try compress(isLast: false) }
    }
  }

  func write(_ bytes: [UInt8]) throws(NNXError) {
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(NNXError) in
      try unsafe write(UnsafeRawBufferPointer(buffer))
    }
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
      checksum =
        kind == .crc32
        ? crc32_combine(checksum, block.checksum, block.count)
        : adler32_combine(checksum, block.checksum, block.count)
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

  func compress(level: Int32, isLast: Bool, checksum kind: BlockDeflater.Checksum) {
    var stream = unsafe z_stream()
    let rawDeflate: Int32 = -15  // the largest window, and no frame
    let memoryLevel: Int32 = 8  // zlib's default
    let started = unsafe deflateInit2_(
      &stream, level, Z_DEFLATED, rawDeflate, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(started == Z_OK, "zlib cannot start: \(started)")
    defer { unsafe deflateEnd(&stream) }
    let markLength: UInt = 16  // room for the mark that ends a block on a byte
    output = .init(repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(count)) + markLength))
    let length = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        checksum =
          kind == .crc32
          ? unsafe crc32(0, input.baseAddress, UInt32(input.count))
          : unsafe adler32(1, input.baseAddress, UInt32(input.count))
        unsafe stream.next_in = input.baseAddress
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        let status = unsafe deflate(&stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
        precondition(status == (isLast ? Z_STREAM_END : Z_OK), "zlib failed: \(status)")
        return unsafe output.count - Int(stream.avail_out)
      }
    }
    output.removeLast(output.count - length)
    input = []
  }
}
