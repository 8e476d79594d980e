import CZlib
import NNXSystem

/// Deflate (RFC 1951), block by block.
package enum Deflate {
  package enum Method: Sendable {
    /// zlib's.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    case zlib(level: Int32)
    /// For labels and masks, whose voxels are those before them or those of the row above: looks for nothing else.
    /// Several times as fast as zlib's fastest level, and smaller than its middle one. What gets no smaller than an eighth
    /// goes through zlib, too, and the smaller one is taken.
    ///
    /// - Parameters:
    ///   - element: bytes of a voxel.
    ///   - row: bytes of a row.
    case runs(element: Int, row: Int)
  }

  /// Packs one block of a stream that is made of blocks which know nothing of each other.
  ///
  /// - Parameter isLast: whether the stream ends with it; other blocks end on a byte.
  package static func block(_ input: RawSpan, _ method: Method, isLast: Bool) -> [UInt8] {
    switch method {
    case .zlib(let level): return block(input, level: level, isLast: isLast)
    case .runs(let element, let row):
      var packer = RunPacker(element: element, row: row)
      let packed = packer.block(input, isLast: isLast)
      // Neither runs nor rows: what repeats elsewhere is zlib's to find.
      let isLittle = packed.count * 8 <= input.byteCount
      if isLittle { return packed }
      let other = block(input, level: 3, isLast: isLast)
      return other.count < packed.count ? other : packed
    }
  }

  private static func block(_ input: RawSpan, level: Int32, isLast: Bool) -> [UInt8] {
    var stream = unsafe z_stream()
    let rawDeflate: Int32 = -15  // the largest window, and no frame
    let memoryLevel: Int32 = 8  // zlib's default
    let started = unsafe deflateInit2_(
      &stream, level, Z_DEFLATED, rawDeflate, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(started == Z_OK, "zlib cannot start: \(started)")
    defer { unsafe deflateEnd(&stream) }
    let markLength: UInt = 16  // room for the mark that ends a block on a byte
    let bound = unsafe deflateBound(&stream, UInt(input.byteCount))
    return unsafe input.withUnsafeBytes { input in
      unsafe [UInt8](unsafeUninitializedCapacity: Int(bound + markLength)) { output, count in
        unsafe stream.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        let status = unsafe deflate(&stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
        precondition(status == (isLast ? Z_STREAM_END : Z_OK), "zlib failed: \(status)")
        count = unsafe output.count - Int(stream.avail_out)
      }
    }
  }
}
