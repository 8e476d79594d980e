import Glibc
import Synchronization

/// A web server on this machine that answers each request as a test wants, down to the last byte.
///
/// With an authority it is a proxy too: `CONNECT zenodo.org:443` makes it zenodo.org, with a certificate
/// of that authority. A client that is told of proxy and authority by its environment
/// (`HTTPS_PROXY`, `CURL_CA_BUNDLE`) then meets the hosts it would meet on the internet.
public final class LoopbackServer: Sendable {
  public let port: Int
  let authority: TestAuthority?
  let answer: @Sendable (Request) -> Reply
  private let flaw: @Sendable (_ host: String, _ number: Int) -> TestAuthority.Flaw
  private let socket: Int32
  private let state = Mutex(State())

  private struct State {
    var requests: [Request] = []
    var counts: [String: Int] = [:]
    var handshakes: [String: Int] = [:]
    var open: [String: Int] = [:]
    var most: [String: Int] = [:]
  }

  /// Every request so far.
  public var requests: [Request] { state.withLock { $0.requests } }

  /// How often each host was connected to.
  public var handshakes: [String: Int] { state.withLock { $0.handshakes } }

  /// The most connections that each host had at one time.
  public var mostConnections: [String: Int] { state.withLock { $0.most } }

  public var address: String { "127.0.0.1:\(port)" }

  public func url(_ path: String) -> String { "http://\(address)\(path)" }

  /// - Parameters:
  ///   - port: 0 for any that is free.
  ///   - authority: signs the certificates of the hosts that the proxy plays; none without.
  ///   - flaw: what is wrong with the handshake of a host, by its number from 1.
  public init(
    port: Int = 0, authority: TestAuthority? = nil,
    flaw: @escaping @Sendable (_ host: String, _ number: Int) -> TestAuthority.Flaw = { _, _ in
      .none
    },
    _ answer: @escaping @Sendable (Request) -> Reply
  ) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    precondition(socket >= 0, "no socket")
    self.socket = socket
    self.authority = authority
    self.flaw = flaw
    self.answer = answer
    var reuse: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && listen(socket, 256) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    precondition(bound, "no port")
    self.port = Int(UInt16(bigEndian: address.sin_port))
    let work = Unmanaged.passRetained(Work(self))
    LoopbackServer.detach(work.toOpaque()) { context in
      let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
      while let connection = LoopbackServer.accept(work.socket) {
        guard let server = work.server else {
          close(connection)
          break
        }
        let job = Unmanaged.passRetained(
          LoopbackConnection(server: server, descriptor: connection))
        LoopbackServer.detach(job.toOpaque()) { context in
          Unmanaged<LoopbackConnection>.fromOpaque(context!).takeRetainedValue().serve()
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
      if connection >= 0 {
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return connection
      }
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

  func note(
    _ host: String?, _ method: String, _ path: String, _ headers: [String: String]
  ) -> Request {
    state.withLock { state in
      let key = "\(host ?? "") \(path)"
      state.counts[key, default: 0] += 1
      let request = Request(
        host: host, method: method, path: path, headers: headers, number: state.counts[key]!)
      state.requests.append(request)
      return request
    }
  }

  func handshake(_ host: String) -> TestAuthority.Flaw {
    let number = state.withLock { state in
      state.handshakes[host, default: 0] += 1
      return state.handshakes[host]!
    }
    return flaw(host, number)
  }

  func enter(_ host: String) {
    state.withLock { state in
      state.open[host, default: 0] += 1
      state.most[host] = max(state.most[host] ?? 0, state.open[host]!)
    }
  }

  func leave(_ host: String) { state.withLock { $0.open[host, default: 0] -= 1 } }

  private final class Work {
    weak var server: LoopbackServer?
    let socket: Int32

    init(_ server: LoopbackServer) {
      self.server = server
      self.socket = server.socket
    }
  }
}
