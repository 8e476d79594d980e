import CCurl
import Glibc
import NNXSystem
import Synchronization

/// HTTP through libcurl: HTTPS only, no redirects followed, no cookies, no passwords from files.
///
/// Proxies come from the environment as curl reads them (`https_proxy`, `no_proxy`); certificate
/// authorities from where `Authorities` finds them.
@safe final class CurlClient: HTTPClient, @unchecked Sendable {
  /// Zenodo turns away the default names of libraries and asks for `tool/version (+address)`.
  static let userAgent = "nnx/\(Version.current) (+\(Version.home))"

  private let environment: @Sendable (String) -> String?
  /// Seconds without a connection, and without a kilobyte of data.
  private let patience: (connect: Int, stall: Int)
  private let turn = Mutex(())
  /// Made with the first request.
  private var connection: UnsafeMutableRawPointer?
  /// Where libcurl writes what went wrong.
  private let message: UnsafeMutablePointer<CChar>
  private let allowsPlain: Bool
  private let allowsPrivate: Bool

  /// - Parameters:
  ///   - environment: where the paths of certificates come from.
  ///   - allowsPlain: plain HTTP as well; for tests against a loopback server.
  ///   - allowsPrivate: redirects to this machine as well; for such tests.
  init(
    environment: @escaping @Sendable (String) -> String?,
    connectTimeout: Int = 30, stallTimeout: Int = 60, allowsPlain: Bool = false,
    allowsPrivate: Bool = false
  ) {
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    self.environment = environment
    self.allowsPlain = allowsPlain
    self.allowsPrivate = allowsPrivate
    patience = (connectTimeout, stallTimeout)
  }

  deinit {
    if let connection = unsafe connection { unsafe nnx_curl_free(connection) }
    unsafe message.deallocate()
  }

  /// Why libcurl cannot be used; loaded once. A broken connection must not end the process.
  private static let failure: String? = {
    signal(SIGPIPE, SIG_IGN)
    Cryptography.prepare()
    return unsafe nnx_curl_load().map { unsafe String(cString: $0) }
  }()

  /// What libcurl calls itself and the libraries it uses, or why it cannot be loaded.
  static var version: String {
    if let failure { return failure }
    return unsafe String(cString: nnx_curl_version())
  }

  /// - Throws: `missing-library`.
  private func handle() throws(NNXError) -> UnsafeMutableRawPointer {
    if let connection = unsafe connection { return unsafe connection }
    guard CurlClient.failure == nil, let new = unsafe nnx_curl_new() else {
      throw NNXError(
        .missingLibrary, "cannot load libcurl: \(CurlClient.failure ?? "out of memory")",
        fixes: [
          "Debian 12, Ubuntu 24.04 and later: apt install libcurl4",
          "Or take the released nnx, which has its own",
        ])
    }
    unsafe connection = new
    return unsafe new
  }

  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
    onBytes: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> HTTPHead {
    try withoutActuallyEscaping(onHead) { (onHead) throws(NNXError) in
      try withoutActuallyEscaping(onBytes) { (onBytes) throws(NNXError) in
        let answer = CurlAnswer(request.url, onHead: onHead, onBytes: onBytes)
        return try turn.withLock { (_) throws(NNXError) in try perform(request, answer) }
      }
    }
  }

  private func perform(_ request: HTTPRequest, _ answer: CurlAnswer) throws(NNXError) -> HTTPHead {
    let handle = unsafe try handle()
    unsafe nnx_curl_reset(handle)
    let protocols = allowsPlain ? "https,http" : "https"
    unsafe message.pointee = 0
    _ = unsafe nnx_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
    unsafe set(handle, CURLOPT_URL, request.url)
    unsafe set(handle, CURLOPT_PROTOCOLS_STR, protocols)
    unsafe set(handle, CURLOPT_REDIR_PROTOCOLS_STR, protocols)
    unsafe set(handle, CURLOPT_FOLLOWLOCATION, 0)
    unsafe set(handle, CURLOPT_NETRC, 0)
    unsafe set(handle, CURLOPT_NOSIGNAL, 1)
    unsafe set(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    // An idle connection counts as one too (ConnectionLimit).
    unsafe set(handle, CURLOPT_FORBID_REUSE, 1)
    unsafe set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    unsafe set(handle, CURLOPT_USERAGENT, CurlClient.userAgent)
    unsafe set(handle, CURLOPT_CONNECTTIMEOUT, patience.connect)
    unsafe set(handle, CURLOPT_LOW_SPEED_LIMIT, 1024)
    unsafe set(handle, CURLOPT_LOW_SPEED_TIME, patience.stall)
    // A wish: after a failed connection libcurl 7.88 keeps the buffer it has and says no.
    _ = unsafe nnx_curl_set_long(handle, CURLOPT_BUFFERSIZE, 1 << 18)
    unsafe set(handle, CURLOPT_HTTP_TRANSFER_DECODING, 1)
    let authorities = Authorities(environment: environment)
    if request.url.hasPrefix("https:") { try authorities.check() }
    if let file = authorities.path { unsafe set(handle, CURLOPT_CAINFO, file) }
    if let folder = authorities.folder { unsafe set(handle, CURLOPT_CAPATH, folder) }

    var list: UnsafeMutablePointer<curl_slist>?
    for header in request.headers {
      unsafe list = nnx_curl_list_append(list, "\(header.name): \(header.value)")
    }
    defer { unsafe nnx_curl_list_free(list) }
    _ = unsafe nnx_curl_set_list(handle, CURLOPT_HTTPHEADER, list)

    let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
    _ = unsafe nnx_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    _ = unsafe nnx_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    _ = unsafe nnx_curl_set_bytes(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      return unsafe CurlAnswer.of(context).header(bytes.bytes) ? bytes.count : CurlAnswer.stop
    }
    _ = unsafe nnx_curl_set_bytes(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      return unsafe CurlAnswer.of(context).body(bytes.bytes) ? bytes.count : CurlAnswer.stop
    }
    var isRefused: Int32 = 0
    let code = unsafe withUnsafeMutablePointer(to: &isRefused) { isRefused in
      if request.isRedirected, !allowsPrivate, !hasProxy {
        _ = unsafe nnx_curl_set_public_only(handle, isRefused)
      }
      return withExtendedLifetime(answer) { unsafe nnx_curl_perform(handle) }
    }
    if let error = answer.error { throw error }
    guard isRefused == 0 else {
      throw .unsafeHost(request.url, "a redirect leads to a private address: \(request.url)")
    }
    guard code == CURLE_OK else { throw failure(code, request.url) }
    guard let head = answer.head else { throw .transient("an answer without a head") }
    try answer.announce()
    return head
  }

  /// Whether a proxy resolves the names of hosts; its own address may well be private.
  private var hasProxy: Bool {
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].contains {
      environment($0).map { !$0.isEmpty } ?? false
    }
  }

  private func set(_ handle: UnsafeMutableRawPointer, _ option: CURLoption, _ value: Int) {
    let code = unsafe nnx_curl_set_long(handle, option, value)
    precondition(code == CURLE_OK, "libcurl refuses option \(option.rawValue)")
  }

  private func set(_ handle: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String) {
    let code = unsafe nnx_curl_set_string(handle, option, value)
    precondition(code == CURLE_OK, "libcurl refuses option \(option.rawValue)")
  }

  private func failure(_ code: CURLcode, _ url: String) -> NNXError {
    let permanent = [
      CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
    ]
    let said = unsafe String(cString: message)
    let reason = said.isEmpty ? unsafe String(cString: nnx_curl_words(code)) : said
    return permanent.contains(code) ? .unsafeHost(url, reason) : .transient(reason)
  }
}

/// Collects one answer in curl's callbacks. Errors wait here until curl has returned.
private final class CurlAnswer {
  private(set) var head: HTTPHead?
  private(set) var error: NNXError?
  private var isAnnounced = false
  private var headerBytes = 0
  private let url: String
  private let onHead: (HTTPHead) throws(NNXError) -> Void
  private let onBytes: (RawSpan) throws(NNXError) -> Void

  init(
    _ url: String, onHead: @escaping (HTTPHead) throws(NNXError) -> Void,
    onBytes: @escaping (RawSpan) throws(NNXError) -> Void
  ) {
    self.url = url
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
      error = .unsafeHost(url, "more than 256 KB of headers")
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

  func announce() throws(NNXError) {
    guard !isAnnounced, let head else { return }
    isAnnounced = true
    try onHead(head)
  }

  func body(_ bytes: RawSpan) -> Bool {
    do throws(NNXError) {
      try announce()
      try onBytes(bytes)
      return true
    } catch {
      self.error = error
      return false
    }
  }
}
