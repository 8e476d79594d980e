import CCurl
import Glibc
import NNXSystem
import Synchronization

/// HTTP through libcurl: HTTPS only, no redirects followed, no cookies, no passwords from files.
///
/// Proxies come from the environment as curl reads them (`https_proxy`, `no_proxy`); certificate
/// authorities from `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR`, else from the system.
@safe package final class CurlClient: HTTPClient, @unchecked Sendable {
  /// Zenodo turns away the default names of libraries and asks for `tool/version (+address)`.
  package static let userAgent = "nnx/\(Version.current) (+https://github.com/nnx-project/nnx)"

  private let environment: @Sendable (String) -> String?
  /// Seconds without a connection, and without a kilobyte of data.
  private let patience: (connect: Int, stall: Int)
  private let turn = Mutex(())
  private let handle: UnsafeMutableRawPointer
  /// Where libcurl writes what went wrong.
  private let message: UnsafeMutablePointer<CChar>
  private let allowsPlain: Bool
  private let allowsPrivate: Bool

  /// - Parameters:
  ///   - environment: where the paths of certificates come from.
  ///   - allowsPlain: plain HTTP as well; for tests against a loopback server.
  ///   - allowsPrivate: redirects to this machine as well; for such tests.
  package init(
    environment: @escaping @Sendable (String) -> String?,
    connectTimeout: Int = 30, stallTimeout: Int = 60, allowsPlain: Bool = false,
    allowsPrivate: Bool = false
  ) {
    _ = CurlClient.prepared
    guard let handle = unsafe curl_easy_init() else { fatalError("out of memory") }
    unsafe self.handle = handle
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    self.environment = environment
    self.allowsPlain = allowsPlain
    self.allowsPrivate = allowsPrivate
    patience = (connectTimeout, stallTimeout)
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe message.deallocate()
  }

  /// libcurl's global state, made once. A broken connection must not end the process.
  private static let prepared: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
  }()

  package func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws -> Void,
    onBytes: (RawSpan) throws -> Void
  ) throws -> HTTPHead {
    try withoutActuallyEscaping(onHead) { onHead in
      try withoutActuallyEscaping(onBytes) { onBytes in
        let answer = CurlAnswer(onHead: onHead, onBytes: onBytes)
        return try turn.withLock { _ in try perform(request, answer) }
      }
    }
  }

  private func perform(_ request: HTTPRequest, _ answer: CurlAnswer) throws -> HTTPHead {
    unsafe curl_easy_reset(handle)
    let protocols = allowsPlain ? "https,http" : "https"
    unsafe message.pointee = 0
    unsafe nnx_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
    set(CURLOPT_URL, request.url)
    set(CURLOPT_PROTOCOLS_STR, protocols)
    set(CURLOPT_REDIR_PROTOCOLS_STR, protocols)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    // An idle connection counts as one too (ConnectionLimit).
    set(CURLOPT_FORBID_REUSE, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_USERAGENT, CurlClient.userAgent)
    set(CURLOPT_CONNECTTIMEOUT, patience.connect)
    set(CURLOPT_LOW_SPEED_LIMIT, 1024)
    set(CURLOPT_LOW_SPEED_TIME, patience.stall)
    // A wish: after a failed connection libcurl 7.88 keeps the buffer it has and says no.
    _ = unsafe nnx_curl_set_long(handle, CURLOPT_BUFFERSIZE, 1 << 18)
    set(CURLOPT_HTTP_TRANSFER_DECODING, 1)
    let files = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].compactMap(environment)
    if let file = files.first(where: { !$0.isEmpty }) { set(CURLOPT_CAINFO, file) }
    if let folder = environment("SSL_CERT_DIR"), !folder.isEmpty { set(CURLOPT_CAPATH, folder) }

    var list: UnsafeMutablePointer<curl_slist>?
    for header in request.headers {
      unsafe list = curl_slist_append(list, "\(header.name): \(header.value)")
    }
    defer { unsafe curl_slist_free_all(list) }
    unsafe nnx_curl_set_list(handle, CURLOPT_HTTPHEADER, list)

    let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
    unsafe nnx_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    unsafe nnx_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    unsafe nnx_curl_set_bytes(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      return unsafe CurlAnswer.of(context).header(bytes.bytes) ? bytes.count : CurlAnswer.stop
    }
    unsafe nnx_curl_set_bytes(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      return unsafe CurlAnswer.of(context).body(bytes.bytes) ? bytes.count : CurlAnswer.stop
    }
    var isRefused: Int32 = 0
    let code = unsafe withUnsafeMutablePointer(to: &isRefused) { isRefused in
      if request.isRedirected, !allowsPrivate, !hasProxy {
        unsafe nnx_curl_set_public_only(handle, isRefused)
      }
      return withExtendedLifetime(answer) { unsafe curl_easy_perform(handle) }
    }
    if let error = answer.error { throw error }
    guard isRefused == 0 else {
      throw HTTPFailure(.permanent, "a redirect leads to a private address: \(request.url)")
    }
    guard code == CURLE_OK else { throw failure(code) }
    guard let head = answer.head else { throw HTTPFailure(.transient, "an answer without a head") }
    try answer.announce()
    return head
  }

  /// Whether a proxy resolves the names of hosts; its own address may well be private.
  private var hasProxy: Bool {
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].contains {
      environment($0).map { !$0.isEmpty } ?? false
    }
  }

  private func set(_ option: CURLoption, _ value: Int) {
    let code = unsafe nnx_curl_set_long(handle, option, value)
    precondition(code == CURLE_OK, "libcurl refuses option \(option.rawValue)")
  }

  private func set(_ option: CURLoption, _ value: String) {
    let code = unsafe nnx_curl_set_string(handle, option, value)
    precondition(code == CURLE_OK, "libcurl refuses option \(option.rawValue)")
  }

  private func failure(_ code: CURLcode) -> HTTPFailure {
    let permanent = [
      CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
    ]
    let said = unsafe String(cString: message)
    let reason = said.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : said
    return HTTPFailure(permanent.contains(code) ? .permanent : .transient, reason)
  }
}

/// Collects one answer in curl's callbacks. Errors wait here until curl has returned.
private final class CurlAnswer {
  private(set) var head: HTTPHead?
  private(set) var error: (any Error)?
  private var isAnnounced = false
  private var headerBytes = 0
  private let onHead: (HTTPHead) throws -> Void
  private let onBytes: (RawSpan) throws -> Void

  init(
    onHead: @escaping (HTTPHead) throws -> Void,
    onBytes: @escaping (RawSpan) throws -> Void
  ) {
    self.onHead = onHead
    self.onBytes = onBytes
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> CurlAnswer {
    guard let context = unsafe context else { preconditionFailure("curl lost its context") }
    return unsafe Unmanaged<CurlAnswer>.fromOpaque(context).takeUnretainedValue()
  }

  /// What a callback returns to end the transfer: never the number of bytes it was given.
  static let stop = 0xFFFF_FFF0

  /// One line of the head; a new status line begins a new head (100 Continue, a proxy's answer).
  func header(_ line: RawSpan) -> Bool {
    headerBytes += line.byteCount
    guard headerBytes <= 256 << 10 else {
      error = HTTPFailure(.permanent, "more than 256 KB of headers")
      return false
    }
    let text = unsafe line.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    if line.hasPrefix("HTTP/") {
      let status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      head = HTTPHead(status: status ?? 0)
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      head?.headers.append((line[..<colon].lowercased(), String(value)))
    }
    return true
  }

  func announce() throws {
    guard !isAnnounced, let head else { return }
    isAnnounced = true
    try onHead(head)
  }

  func body(_ bytes: RawSpan) -> Bool {
    do {
      try announce()
      try onBytes(bytes)
      return true
    } catch {
      self.error = error
      return false
    }
  }
}
