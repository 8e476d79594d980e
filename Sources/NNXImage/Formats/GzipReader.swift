import CZlib
import NNXSystem

/// Unpacks a gzip file (RFC 1952) from front to back, with one or several members.
///
/// Checksums and lengths of all members are checked by zlib. Bytes after the last member are an
/// error: they tell of a transfer that went wrong.
@safe final class GzipReader {
  private let file: FileReader
  /// zlib keeps a pointer to its state, which must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// Bytes of the file that were read.
  private var offset = 0
  /// Whether a member has begun and not yet ended.
  private var isInside = true

  /// - Throws: `broken-image` when the file does not begin as gzip does.
  init(_ file: FileReader) throws(NNXError) {
    self.file = file
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe input = .allocate(byteCount: 1 << 18, alignment: 16)
    let windowBits: Int32 = 15 + 16  // the largest window, and a gzip frame around it
    let status = unsafe inflateInit2_(
      stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start: \(status)")
    try refill()
    guard unsafe stream.pointee.avail_in >= 2, unsafe input[0] == 0x1F, unsafe input[1] == 0x8B
    else {
      throw NNXError(
        .brokenImage, "\(file.path) is not a gzip file, whatever its name says",
        fixes: ["If it is a plain NIfTI file, rename it to end in .nii", "Otherwise copy it again"])
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
          file.path, "the gzip data ends after \(file.count) bytes without its end mark")
      default: throw .damaged(file.path, "the gzip data is wrong: \(reason(status))")
      }
    }
    return filled
  }

  /// Starts on the member that follows; false at the end of the file.
  private func beginNextMember() throws(NNXError) -> Bool {
    guard unsafe stream.pointee.avail_in > 0 else { return false }
    guard unsafe stream.pointee.next_in.pointee == 0x1F else {
      throw .damaged(file.path, "other bytes follow the end of the gzip data")
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
