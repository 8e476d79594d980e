import CZlib
import NNXSystem

/// zlib's deflate (RFC 1951), block by block.
package enum Deflate {
  /// Packs one block of a stream that is made of blocks which know nothing of each other.
  ///
  /// - Parameters:
  ///   - level: of zlib, 1 (fast) to 9 (small).
  ///   - isLast: whether the stream ends with it; other blocks end on a byte.
  package static func block(_ input: [UInt8], level: Int32, isLast: Bool) -> [UInt8] {
    var stream = unsafe z_stream()
    let rawDeflate: Int32 = -15  // the largest window, and no frame
    let memoryLevel: Int32 = 8  // zlib's default
    let started = unsafe deflateInit2_(
      &stream, level, Z_DEFLATED, rawDeflate, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(started == Z_OK, "zlib cannot start: \(started)")
    defer { unsafe deflateEnd(&stream) }
    let markLength: UInt = 16  // room for the mark that ends a block on a byte
    let bound = unsafe deflateBound(&stream, UInt(input.count))
    var output = [UInt8](repeating: 0, count: Int(bound + markLength))
    let length = unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        let status = unsafe deflate(&stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
        precondition(status == (isLast ? Z_STREAM_END : Z_OK), "zlib failed: \(status)")
        return unsafe output.count - Int(stream.avail_out)
      }
    }
    output.removeLast(output.count - length)
    return output
  }
}
