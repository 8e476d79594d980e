import CZlib
import NNXSystem

/// zlib's inflate with its state: the one place where deflate (RFC 1951) is unpacked, bare or in the frame
/// of zlib (RFC 1950) or gzip (RFC 1952), whose checksums and lengths it compares.
@safe package final class Inflater {
  package enum Frame: String, Sendable {
    case deflate
    case zlib
    case gzip

    /// The largest window, with zlib's marks for the frame.
    fileprivate var windowBits: Int32 {
      switch self {
      case .deflate: -MAX_WBITS
      case .zlib: MAX_WBITS
      case .gzip: MAX_WBITS + 16
      }
    }
  }

  /// What one step did.
  struct Step {
    enum State: Equatable {
      /// Input or room is used up.
      case goesOn
      /// The frame has ended.
      case isComplete
      /// In zlib's words.
      case isDamaged(String)
    }

    /// Bytes of the input that are done with.
    var taken: Int
    /// Bytes that were unpacked.
    var made: Int
    var state: State
  }

  /// Deflate makes at most 1032 bytes of one: 258 bytes from two bits
  /// (https://zlib.net/zlib_tech.html, "Maximum Compression Factor").
  package static let largestRatio = 1032

  /// zlib keeps a pointer to its state, which must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  init(_ frame: Frame) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe inflateInit2_(
      stream, frame.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start: \(status)")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Begins a new frame of the same kind.
  func restart() { unsafe inflateReset(stream) }

  /// Unpacks `input` to `output[range]`, until one of the two is used up or the frame ends.
  func step(_ input: RawSpan, into output: inout [UInt8], _ range: Range<Int>) -> Step {
    unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        let target = unsafe UnsafeMutableBufferPointer(rebasing: output[range])
        let (given, room) = (min(input.count, 1 << 30), min(target.count, 1 << 30))
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(given)
        unsafe stream.pointee.next_out = target.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room)
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        let state: Step.State =
          switch status {
          case Z_OK, Z_BUF_ERROR: .goesOn
          case Z_STREAM_END: .isComplete
          default: .isDamaged(reason(status))
          }
        return unsafe Step(
          taken: given - Int(stream.pointee.avail_in), made: room - Int(stream.pointee.avail_out),
          state: state)
      }
    }
  }

  private func reason(_ status: Int32) -> String {
    guard let message = unsafe stream.pointee.msg else { return "zlib error \(status)" }
    return unsafe String(cString: message)
  }
}
