import CTestTLS
import Glibc

/// One connection of a client, plain or encrypted.
final class Wire {
  private let descriptor: Int32
  private var tls: OpaquePointer?

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    if let tls { nnx_tls_free(tls) }
    close(descriptor)
  }

  /// Goes on encrypted; `false` when the client does not.
  func encrypt(_ identity: OpaquePointer) -> Bool {
    tls = nnx_tls_accept(identity, descriptor)
    return tls != nil
  }

  /// Bytes of the client; `nil` at the end.
  func receive() -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: 16384)
    let count = piece.withUnsafeMutableBytes { buffer in
      tls.map { nnx_tls_read($0, buffer.baseAddress, buffer.count) }
        ?? recv(descriptor, buffer.baseAddress, buffer.count, 0)
    }
    return count > 0 ? Array(piece.prefix(count)) : nil
  }

  /// - Returns: whether all bytes were taken.
  func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
      let count =
        tls.map { nnx_tls_write($0, rest.baseAddress, rest.count) }
        ?? Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  func send(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes(send) }

  /// Ends the connection, waiting for the other side so that what was sent is not lost to a reset.
  func finish(notifying: Bool = true) {
    if let tls, notifying { nnx_tls_notify(tls) }
    shutdown(descriptor, Int32(SHUT_WR))
    var rest = [UInt8](repeating: 0, count: 4096)
    var timeout = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    while recv(descriptor, &rest, rest.count, 0) > 0 {}
  }

  /// Ends the connection as a machine that has crashed: what is under way is lost.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }
}
