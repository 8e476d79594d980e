import CZlib
import NNXSystem

/// The checksums of packed data, by zlib.
package enum Checksum: Sendable {
  /// Of gzip and zip (RFC 1952, section 8).
  case crc32
  /// Of zlib's frame (RFC 1950, section 9).
  case adler32

  /// Of no bytes.
  package var initial: UInt { self == .crc32 ? 0 : 1 }

  /// The checksum of what came before, whose checksum is `value`, and `bytes`.
  package func updated(_ value: UInt, _ bytes: RawSpan) -> UInt {
    unsafe bytes.withUnsafeBytes { buffer in
      let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      // zlib gives its initial value for a missing address.
      if unsafe start == nil { return value }
      return self == .crc32
        ? unsafe crc32_z(value, start, buffer.count)
        : unsafe adler32_z(value, start, buffer.count)
    }
  }

  /// The checksum of bytes that begin with those of `first` and go on with the `count` bytes of `second`.
  package func combined(_ first: UInt, _ second: UInt, count: Int) -> UInt {
    self == .crc32 ? crc32_combine(first, second, count) : adler32_combine(first, second, count)
  }
}
