import CZlib
import NNXSystem

/// Unpacks deflated bytes of a file from front to back: gzip (RFC 1952), with one or several members,
/// or one zlib stream (RFC 1950).
///
/// Checksums and lengths of all members are checked by zlib. Bytes after the last one are an error:
/// they tell of a transfer that went wrong.
@safe final class InflateReader {
  enum Frame: String {
    case gzip
    case zlib
  }

  private let file: FileReader
  private let frame: Frame
  /// zlib keeps a pointer to its state, which must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// Where in the file reading goes on.
  private var offset: Int
  /// Whether a member has begun and not yet ended.
  private var isInside = true

  /// - Parameter start: the byte of the file where the frame begins; it ends with the file.
  /// - Throws: `broken-image` when it does not begin as gzip does.
  init(_ file: FileReader, _ frame: Frame = .gzip, from start: Int = 0) throws(NNXError) {
    self.file = file
    self.frame = frame
    offset = start
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe input = .allocate(byteCount: 1 << 18, alignment: 16)
    let gzipFrame: Int32 = 16
    let windowBits: Int32 = 15 + (frame == .gzip ? gzipFrame : 0)  // the largest window
    let status = unsafe inflateInit2_(
      stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start: \(status)")
    try refill()
    guard frame == .gzip else { return }
    guard unsafe stream.pointee.avail_in >= 2, unsafe input[0] == 0x1F, unsafe input[1] == 0x8B
    else {
      if start > 0 { throw .damaged(file.path, "no gzip data begins at byte \(start)") }
      let begin = try file.bytes(at: 0, count: min(file.count, 512))
      throw FileContents.mismatch(file.path, begin, expected: .gzip)
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe input.deallocate()
  }

  /// Unpacks the next bytes.
  ///
  /// - Returns: how many bytes were unpacked; fewer than asked for only at the end of the data.
  /// - Throws: `broken-image`, `unreadable`.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(NNXError) -> Int {
    var filled = 0
    while filled < buffer.count {
      if unsafe stream.pointee.avail_in == 0 { try refill() }
      if !isInside {
        guard try beginNextMember() else { break }
      }
      let room = min(buffer.count - filled, 1 << 30)
      unsafe stream.pointee.next_out =
        (buffer.baseAddress! + filled).assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(room)
      let hadInput = unsafe stream.pointee.avail_in > 0
      let status = unsafe inflate(stream, Z_NO_FLUSH)
      filled += room - Int(unsafe stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END: isInside = false
      case Z_OK: break
      case Z_BUF_ERROR where !hadInput:
        throw .cutOff(
          file.path, "the \(frame) data ends after \(file.count) bytes without its end mark")
      default: throw .damaged(file.path, "the \(frame) data is wrong: \(reason(status))")
      }
    }
    return filled
  }

  /// Starts on the member that follows; false at the end of the file.
  private func beginNextMember() throws(NNXError) -> Bool {
    guard unsafe stream.pointee.avail_in > 0 else { return false }
    guard frame == .gzip, unsafe stream.pointee.next_in.pointee == 0x1F else {
      throw .damaged(file.path, "other bytes follow the end of the \(frame) data")
    }
    unsafe inflateReset(stream)
    isInside = true
    return true
  }

  private func refill() throws(NNXError) {
    let count = try unsafe file.read(at: offset, into: input)
    offset += count
    unsafe stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = UInt32(count)
  }

  private func reason(_ status: Int32) -> String {
    guard let message = unsafe stream.pointee.msg else { return "zlib error \(status)" }
    return unsafe String(cString: message)
  }
}
