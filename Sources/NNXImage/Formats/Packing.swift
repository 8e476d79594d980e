import NNXArchive
import NNXSystem
import NNXTensor

/// Takes bytes.
typealias ByteSink = (RawSpan) throws(NNXError) -> Void

/// Appends bytes to a file as one gzip member (RFC 1952); the same bytes every time.
///
/// - Parameters:
///   - header: what comes first.
///   - method: how.
///   - comment: for people; whoever packs the content anew leaves it out.
///   - parts: hands what follows to the sink.
/// - Throws: `no-space`, `unreadable` (an I/O error); what `parts` throws.
func packGzip(
  _ header: [UInt8], to file: AtomicFile, _ method: Deflate.Method, threads: Threads,
  comment: String? = nil,
  _ parts: (ByteSink) throws(NNXError) -> Void
) throws(NNXError) {
  try packGzip(
    header, method, threads: threads, comment: comment,
    to: { (bytes) throws(NNXError) in try file.write(bytes) }, parts)
}

/// Bytes as one gzip member, as above.
///
/// - Parameter file: takes what comes out.
func packGzip(
  _ header: [UInt8], _ method: Deflate.Method, threads: Threads, comment: String? = nil,
  to file: @escaping ([UInt8]) throws(NNXError) -> Void,
  _ parts: (ByteSink) throws(NNXError) -> Void
) throws(NNXError) {
  try file(gzipStart(comment))
  let deflater = BlockDeflater(method, threads: threads, to: file)
  try deflater.write(header)
  try parts { (part) throws(NNXError) in try deflater.write(part) }
  try deflater.finish()
  try file(littleEndian(UInt32(deflater.checksum)))
  try file(littleEndian(UInt32(truncatingIfNeeded: deflater.count)))
}

/// How a gzip member begins: deflate, no name, time 0, no extra flags, unknown system.
func gzipStart(_ comment: String?) -> [UInt8] {
  [0x1F, 0x8B, 8, comment == nil ? 0 : 0x10, 0, 0, 0, 0, 0, 255]
    + (comment.map { Array($0.utf8) + [0] } ?? [])
}

/// Bytes as one zlib stream (RFC 1950), in pieces; the same every time.
///
/// - Throws: what `parts` throws.
func packZlib(
  _ method: Deflate.Method, threads: Threads, _ parts: (ByteSink) throws(NNXError) -> Void
) throws(NNXError) -> [[UInt8]] {
  // Deflate with a window of 32 KiB, the fastest level; a multiple of 31.
  var pieces: [[UInt8]] = [[0x78, 0x01]]
  let deflater = BlockDeflater(method, threads: threads, checksum: .adler32) {
    pieces.append($0)
  }
  try parts { (part) throws(NNXError) in try deflater.write(part) }
  try deflater.finish()
  pieces.append(littleEndian(UInt32(deflater.checksum)).reversed())
  return pieces
}
