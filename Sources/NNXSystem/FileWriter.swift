import Glibc

/// Writes a file from its start, and has the disk work while the next bytes are made.
package struct FileWriter {
  /// For messages.
  private let path: String
  /// -1 once it is closed.
  package private(set) var descriptor: Int32
  /// Bytes written so far.
  package private(set) var count = 0
  /// Bytes that are on their way to the disk.
  private var begun = 0

  private static let bytesAtOnce = 8 << 20

  /// - Parameters:
  ///   - descriptor: of the file, or -1 where none could be made.
  ///   - count: bytes that are there already, before those to come.
  /// - Throws: what `errno` says when there is no file.
  package init(_ path: String, descriptor: Int32, count: Int = 0) throws(NNXError) {
    guard descriptor >= 0 else { throw .system("cannot write", path) }
    (self.path, self.descriptor, self.count, begun) = (path, descriptor, count, count)
  }

  /// Appends bytes. Whether the disk did well, a flush of the file tells.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  package mutating func write(_ bytes: RawSpan) throws(NNXError) {
    guard SystemCall.write(descriptor, bytes) else { throw .system("cannot write", path) }
    count += bytes.byteCount
    if count - begun >= Self.bytesAtOnce {
      Writeback.begin(descriptor, at: begun, count: count - begun)
      begun = count
    }
  }

  /// Writes over bytes that are there.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  mutating func replace(at offset: Int, with bytes: [UInt8]) throws(NNXError) {
    let written = unsafe bytes.withUnsafeBytes {
      unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset)
    }
    guard written == bytes.count else { throw .system("cannot write", path) }
  }

  /// Closes the file, if it is open.
  ///
  /// - Throws: `no-space`, `unreadable`.
  package mutating func close() throws(NNXError) {
    guard descriptor >= 0 else { return }
    let result = Glibc.close(descriptor)
    descriptor = -1
    guard result == 0 else { throw .system("cannot write", path) }
  }
}
