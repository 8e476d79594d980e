import Foundation
import NNXSystem
import Synchronization

/// What zenodo.org and other hosts answer, in good order or as a script spoils it.
final class ZenodoSite: Sendable {
  private let records: Mutex<[Int: TestRecord]>
  private let releases: Mutex<[TestRelease]>
  /// Questions that each API was asked.
  private let asked = Mutex<[String: Int]>([:])
  private let shape: TestRecord.Shape
  private let bytesPerSecond: Int?
  private let remaining: Mutex<[Int]>
  private let hosts: [String: String]
  private let script: LoopbackZenodo.Script

  init(
    _ records: [TestRecord], _ releases: [TestRelease], shape: TestRecord.Shape,
    bytesPerSecond: Int?,
    remaining: [Int], hosts: [String: String],
    script: @escaping LoopbackZenodo.Script
  ) {
    self.records = Mutex(Dictionary(records.map { ($0.number, $0) }) { $1 })
    self.releases = Mutex(releases)
    self.shape = shape
    self.bytesPerSecond = bytesPerSecond
    self.remaining = Mutex(remaining)
    self.hosts = hosts
    self.script = script
  }

  func publish(_ release: TestRelease) {
    releases.withLock { releases in
      releases.removeAll { $0.listing == release.listing }
      releases.append(release)
    }
  }

  func publish(_ record: TestRecord) { records.withLock { $0[record.number] = record } }

  /// What an address leads to.
  private enum Content {
    case file(path: String, size: Int, tag: String)
    case document(OrderedJSON)
    case redirect(String)
    case missing(String)
    /// GitHub's way to say that too much was asked.
    case limited
  }

  func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    let isElsewhere = request.path.hasPrefix("/elsewhere/")
    let content = content(
      request.host ?? "zenodo.org",
      isElsewhere ? String(request.path.dropFirst("/elsewhere".count)) : request.path)
    var isFile = false
    if case .file = content { isFile = true }
    let fault = isElsewhere ? nil : script(request, isFile)
    switch content {
    case .file(let path, let size, let tag):
      if let fault { return fault.fault.reply(request, bytes(path), tag: tag, cut: fault.cut) }
      return good(request, path, size, tag)
    case .document(let json):
      let body = Array(json.text().utf8)
      if let fault { return fault.fault.reply(request, body, cut: min(fault.cut, body.count - 1)) }
      return .init(200, limits() + [("Content-Type", "application/json")], body)
    case .redirect(let target):
      let body = Array("{\"moved\": true} ".utf8)
      if let fault { return fault.fault.reply(request, body, cut: 1) }
      return .init(302, limits() + [("Location", target)])
    case .limited:
      let reset = Int(Date().timeIntervalSince1970) + 40
      return .init(
        403, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(reset)")],
        Array("{\"message\": \"API rate limit exceeded\"}".utf8))
    case .missing(let message):
      let body: OrderedJSON = ["status": .int(404), "message": .string(message)]
      return .init(
        404, limits() + [("Content-Type", "application/json")], Array(body.text().utf8))
    }
  }

  /// Zenodo states its limits on every answer, and how long to wait on good ones too.
  private func limits() -> [(String, String)] {
    let remaining = remaining.withLock { $0.isEmpty ? 132 : $0.removeFirst() }
    return [
      ("X-RateLimit-Limit", "133"), ("X-RateLimit-Remaining", "\(remaining)"),
      ("X-RateLimit-Reset", "\(Int(Date().timeIntervalSince1970) + 30)"), ("Retry-After", "59"),
    ]
  }

  private func good(
    _ request: LoopbackServer.Request, _ path: String, _ size: Int, _ tag: String
  ) -> LoopbackServer.Reply {
    let headers =
      limits() + [
        ("Content-Type", "application/octet-stream"), ("ETag", tag), ("Accept-Ranges", "bytes"),
      ]
    func reply(_ status: Int, _ headers: [(String, String)], _ bytes: Range<Int>)
      -> LoopbackServer.Reply
    {
      var reply = LoopbackServer.Reply(status, headers, file: path, bytes: bytes)
      reply.bytesPerSecond = bytesPerSecond
      return reply
    }
    guard let range = request.range(of: size), request.headers["if-range"] ?? tag == tag else {
      return reply(200, headers, 0..<size)
    }
    guard !range.isEmpty else { return .init(416, [("Content-Range", "bytes */\(size)")]) }
    let part = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    return reply(206, headers + [("Content-Range", part)], range)
  }

  private func bytes(_ path: String) -> [UInt8] {
    [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data())
  }

  private func content(_ host: String, _ address: String) -> Content {
    let path = String(address.prefix { $0 != "?" })
    guard host == "zenodo.org" || host == "www.zenodo.org" else {
      return released(host, path) ?? other(host, path)
    }
    var parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
    let isAPI = parts.first == "api"
    if isAPI { parts.removeFirst() }
    guard parts.first == "records" || (parts.first == "record" && !isAPI) else {
      return .missing("No such page")
    }
    guard parts.count > 1 else { return search(address) }
    guard let number = Int(parts[1]) else { return .missing("No such record") }
    let (record, newest) = records.withLock { records in
      (
        records[number],
        records.values.filter { $0.concept == records[number]?.concept ?? number }
          .max { $0.published < $1.published }
      )
    }
    guard let record else {
      guard let newest, parts.count == 2, isAPI else {
        return .missing("The persistent identifier does not exist.")
      }
      return .redirect("/api/records/\(newest.number)")
    }
    if parts.count >= 4, parts[2] == "files" {
      guard let file = record.files.first(where: { $0.key == parts[3] }) else {
        return .missing("Record '\(number)' has no file '\(parts[3])'.")
      }
      return .file(path: file.path, size: file.size, tag: "\"md5:\(file.md5)\"")
    }
    switch parts.dropFirst(2).joined(separator: "/") {
    case "" where isAPI: return .document(record.json(shape))
    case "files" where isAPI: return .document(record.listing)
    case "versions/latest" where isAPI:
      return .redirect("/api/records/\(newest?.number ?? number)")
    default: return .missing("No such page")
    }
  }

  /// `?q=conceptrecid:N`: the versions of a concept, newest first.
  private func search(_ address: String) -> Content {
    let query = (address.split(separator: "?").last.map(String.init) ?? "").removingPercentEncoding
    let digits = (query ?? "").components(separatedBy: "conceptrecid:").last?
      .drop { $0 == "\"" }.prefix { $0.isNumber }
    let found = records.withLock { records in
      records.values.filter { "\($0.concept)" == digits ?? "" }
        .sorted { $0.published > $1.published }
    }
    return .document([
      "hits": ["hits": .array(found.map { $0.json(shape) }), "total": .int(found.count)]
    ])
  }

  /// What releases and repositories hold: a listing, a file's address, or the file where it lies.
  private func released(_ host: String, _ path: String) -> Content? {
    for release in releases.withLock({ $0 }) {
      if "\(host)\(path)" == release.listing {
        let number = asked.withLock { asked in
          asked[release.listing, default: 0] += 1
          return asked[release.listing, default: 0]
        }
        // The limit is new after it was waited for once.
        if let limit = release.limit, number == limit + 1 { return .limited }
        return .document(release.json)
      }
      for file in release.files {
        let place = "/stored/\(release.repository)/\(release.tag)/\(file.key)"
        if "https://\(host)\(path)" == release.address(of: file) {
          return .redirect("https://\(release.store)\(place)?signature=x")
        }
        if host == release.store, path == place {
          return .file(path: file.path, size: file.size, tag: "\"\(file.sha256.prefix(32))\"")
        }
      }
    }
    return nil
  }

  /// A static tree, as any web server serves it.
  private func other(_ host: String, _ path: String) -> Content {
    let path = path.removingPercentEncoding ?? ""
    guard let folder = hosts[host], !path.contains("..") else { return .missing("Not here") }
    guard case .file(let size)? = Folder.kind(folder + path),
      let md5 = try? Digest.ofFile(folder + path, .md5)
    else { return .missing("Not found") }
    return .file(path: folder + path, size: size, tag: "\"\(md5.prefix(16))\"")
  }
}
