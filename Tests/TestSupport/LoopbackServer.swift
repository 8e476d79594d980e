import Glibc
import Synchronization

/// A web server on this machine that answers each request as a test wants, down to the last byte.
public final class LoopbackServer: Sendable {
  public struct Request: Sendable {
    /// With the query.
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
    /// 1 for the first request of this path.
    public var number: Int

    /// First byte of `Range: bytes=N-`.
    public var rangeStart: Int? {
      guard let range = headers["range"], range.hasPrefix("bytes=") else { return nil }
      return Int(range.dropFirst(6).prefix { $0 != "-" })
    }
  }

  /// What goes over the wire: pieces of bytes with pauses between them, then the connection ends.
  public struct Reply: Sendable {
    public var pieces: [[UInt8]]
    /// Seconds after each piece.
    public var pause: Double

    public init(_ pieces: [[UInt8]], pause: Double = 0) {
      self.pieces = pieces
      self.pause = pause
    }

    /// A whole answer with its length, or `body` cut short after `cut` bytes.
    public init(
      _ status: Int, _ headers: [(String, String)] = [], _ body: [UInt8] = [],
      length: String? = nil, cut: Int? = nil
    ) {
      var head = "HTTP/1.1 \(status) Some Words\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      if length != "" { head += "Content-Length: \(length ?? "\(body.count)")\r\n" }
      head += "Connection: close\r\n\r\n"
      self.init([Array(head.utf8), Array(cut.map { body.prefix($0) } ?? body[...])])
    }
  }

  public let port: Int
  private let socket: Int32
  private let log = Mutex<[Request]>([])
  private let counts = Mutex<[String: Int]>([:])

  /// Every request so far.
  public var requests: [Request] { log.withLock { $0 } }

  public var authority: String { "127.0.0.1:\(port)" }

  public func url(_ path: String) -> String { "http://\(authority)\(path)" }

  public init(_ answer: @escaping @Sendable (Request) -> Reply) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    precondition(socket >= 0, "no socket")
    self.socket = socket
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && listen(socket, 64) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    precondition(bound, "no port")
    port = Int(UInt16(bigEndian: address.sin_port))
    let server = Unmanaged.passRetained(Work(server: self, answer: answer))
    LoopbackServer.detach(server.toOpaque()) { context in
      let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
      while let connection = LoopbackServer.accept(work.socket) {
        guard let server = work.server else {
          close(connection)
          break
        }
        let job = Unmanaged.passRetained(
          Connection(server: server, answer: work.answer, descriptor: connection))
        LoopbackServer.detach(job.toOpaque()) { context in
          Unmanaged<Connection>.fromOpaque(context!).takeRetainedValue().serve()
          return nil
        }
      }
      close(work.socket)
      return nil
    }
  }

  /// Ends the loop that waits for connections; it closes the socket.
  deinit { shutdown(socket, Int32(SHUT_RDWR)) }

  private static func accept(_ socket: Int32) -> Int32? {
    while true {
      let connection = Glibc.accept(socket, nil, nil)
      if connection >= 0 { return connection }
      if errno != EINTR && errno != ECONNABORTED { return nil }
    }
  }

  private static func detach(
    _ context: UnsafeMutableRawPointer,
    _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  ) {
    var thread = pthread_t()
    precondition(pthread_create(&thread, nil, body, context) == 0, "no thread")
    pthread_detach(thread)
  }

  fileprivate func note(_ path: String, _ headers: [String: String]) -> Request {
    let number = counts.withLock { counts in
      counts[path, default: 0] += 1
      return counts[path]!
    }
    let request = Request(path: path, headers: headers, number: number)
    log.withLock { $0.append(request) }
    return request
  }

  private final class Work {
    weak var server: LoopbackServer?
    let socket: Int32
    let answer: @Sendable (Request) -> Reply

    init(server: LoopbackServer, answer: @escaping @Sendable (Request) -> Reply) {
      self.server = server
      self.socket = server.socket
      self.answer = answer
    }
  }
}

/// One connection: one request, one answer.
private final class Connection {
  let server: LoopbackServer
  let answer: @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
  let descriptor: Int32

  init(
    server: LoopbackServer,
    answer: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply,
    descriptor: Int32
  ) {
    self.server = server
    self.answer = answer
    self.descriptor = descriptor
  }

  func serve() {
    defer { close(descriptor) }
    guard let request = read() else { return }
    let reply = answer(request)
    for (index, piece) in reply.pieces.enumerated() {
      guard send(piece) else { return }
      if reply.pause > 0, index < reply.pieces.count - 1 { usleep(UInt32(reply.pause * 1e6)) }
    }
    shutdown(descriptor, Int32(SHUT_WR))
    // Waits for the other side, so that what was sent is not lost to a reset.
    var rest = [UInt8](repeating: 0, count: 4096)
    var timeout = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    while recv(descriptor, &rest, rest.count, 0) > 0 {}
  }

  private func read() -> LoopbackServer.Request? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 8192)
    let end = Array("\r\n\r\n".utf8)
    while !bytes.suffix(4).elementsEqual(end) {
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      bytes += piece.prefix(count)
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
    return server.note(String(words[1]), headers)
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
