import Glibc

/// One connection: one request, one answer; before them perhaps `CONNECT` and a TLS handshake.
final class LoopbackConnection {
  private let server: LoopbackServer
  private let wire: Wire
  private var isCounted = false

  init(server: LoopbackServer, descriptor: Int32) {
    self.server = server
    wire = Wire(descriptor)
  }

  func serve() {
    guard var head = readHead() else { return }
    var host: String?
    if head.method == "CONNECT" {
      guard let name = connect(to: head.target), let inner = readHead() else { return }
      host = name
      head = inner
    }
    server.enter(host ?? "")
    isCounted = true
    let request = server.note(host, head.method, head.target, head.headers)
    answer(request)
    leave(request)
  }

  /// Becomes the host that the client wants to be connected to; returns its name.
  private func connect(to target: String) -> String? {
    guard let authority = server.authority, target.hasSuffix(":443") else {
      _ = wire.send(Array("HTTP/1.1 403 Not here\r\nContent-Length: 0\r\n\r\n".utf8))
      wire.finish()
      return nil
    }
    let host = String(target.dropLast(4))
    guard wire.send(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)) else { return nil }
    let flaw = server.handshake(host)
    if flaw == .reset {
      _ = wire.receive()
      wire.reset()
      return nil
    }
    return wire.encrypt(authority.identity(of: host, flaw)) ? host : nil
  }

  private func answer(_ request: LoopbackServer.Request) {
    let reply = server.answer(request)
    for (index, piece) in reply.pieces.enumerated() {
      if reply.file == nil, index == reply.pieces.count - 1 { leave(request) }
      guard wire.send(piece) else { return }
      if reply.pause > 0, index < reply.pieces.count - 1 { usleep(UInt32(reply.pause * 1e6)) }
    }
    if let file = reply.file {
      guard send(file.path, file.bytes, reply.bytesPerSecond, beforeLast: { leave(request) }) else {
        return
      }
    }
    switch reply.ending {
    case .orderly: wire.finish()
    case .unannounced: wire.finish(notifying: false)
    case .reset: wire.reset()
    }
  }

  /// Counts the connection as closed just before the client can know that the answer is complete.
  private func leave(_ request: LoopbackServer.Request) {
    guard isCounted else { return }
    isCounted = false
    server.leave(request.host ?? "")
  }

  private func send(
    _ path: String, _ bytes: Range<Int>, _ rate: Int?, beforeLast: () -> Void
  ) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var piece = [UInt8](repeating: 0, count: rate.map { max($0 / 20, 1) } ?? 1 << 18)
    var position = bytes.lowerBound
    while position < bytes.upperBound {
      let count = pread(file, &piece, min(piece.count, bytes.upperBound - position), position)
      if position + count >= bytes.upperBound { beforeLast() }
      guard count > 0,
        piece.withUnsafeBytes({ wire.send(UnsafeRawBufferPointer(rebasing: $0[..<count])) })
      else { return false }
      position += count
      if rate != nil, position < bytes.upperBound { usleep(50_000) }
    }
    return true
  }

  private func readHead() -> (method: String, target: String, headers: [String: String])? {
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    while !bytes.suffix(4).elementsEqual(end) {
      guard let piece = wire.receive() else { return nil }
      bytes += piece
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
    return (String(words[0]), String(words[1]), headers)
  }
}
