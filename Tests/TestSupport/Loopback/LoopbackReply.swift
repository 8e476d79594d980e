extension LoopbackServer {
  public struct Request: Sendable {
    /// `zenodo.org` when it came through the proxy; `nil` for requests to this machine.
    public var host: String?
    public var method: String
    /// With the query.
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
    /// 1 for the first request of this path.
    public var number: Int

    /// `https` when it came through the proxy.
    public var scheme: String { host == nil ? "http" : "https" }

    /// First byte of `Range: bytes=N-`.
    public var rangeStart: Int? {
      guard let range = headers["range"], range.hasPrefix("bytes=") else { return nil }
      return Int(range.dropFirst(6).prefix { $0 != "-" })
    }

    /// The bytes that `Range` asks for of a file of `size` bytes (`bytes=N-`, `bytes=N-M`, `bytes=-N`);
    /// `nil` without one, empty when there are no such bytes.
    public func range(of size: Int) -> Range<Int>? {
      guard let text = headers["range"], text.hasPrefix("bytes=") else { return nil }
      let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count == 2 else { return nil }
      switch (Int(ends[0]), Int(ends[1])) {
      case (let first?, let last):
        return min(first, size)..<max(min(first, size), min((last ?? size) + 1, size))
      case (nil, let count?): return max(size - count, 0)..<size
      case (nil, nil): return nil
      }
    }
  }

  /// What goes over the wire: pieces of bytes with pauses between them, then perhaps a part of a file,
  /// then the connection ends.
  public struct Reply: Sendable {
    public enum Ending: Sendable {
      case orderly
      /// TLS without close_notify: as when somebody cuts the connection.
      case unannounced
      case reset
    }

    public var pieces: [[UInt8]]
    /// Seconds after each piece.
    public var pause: Double
    /// Bytes of a file of this machine to send after the pieces.
    public var file: (path: String, bytes: Range<Int>)?
    /// How fast the file goes; `nil`: as fast as it can.
    public var bytesPerSecond: Int?
    public var ending = Ending.orderly

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

    /// An answer whose body is a part of a file.
    public init(
      _ status: Int, _ headers: [(String, String)], file path: String, bytes: Range<Int>
    ) {
      self.init(status, headers, length: "\(bytes.count)")
      file = (path, bytes)
    }
  }
}
