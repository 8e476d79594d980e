import Foundation
import NNXSystem
import Synchronization

/// Zenodo, GitHub and Hugging Face on this machine, for the real binary: API, files, ranges, limits, and whatever goes wrong.
///
/// The binary needs no hook: `environment` tells it of a proxy that plays zenodo.org over TLS and of
/// the authority that signed its certificate, through the variables that curl reads.
public final class LoopbackZenodo: Sendable {
  /// What a fault has to know.
  public typealias Script =
    @Sendable (LoopbackServer.Request, _ isFile: Bool) -> (fault: TransferFault, cut: Int)?

  public let server: LoopbackServer
  private let site: ZenodoSite
  private let certificates: TemporaryFolder

  /// - Parameters:
  ///   - records: what Zenodo publishes.
  ///   - releases: what GitHub and Hugging Face publish.
  ///   - port: 0 for any that is free.
  ///   - shape: of the API's answers.
  ///   - bytesPerSecond: how fast files go; `nil`: as fast as they can.
  ///   - remaining: requests left, as the first answers state it; the limit is new 30 s later.
  ///   - hosts: folders served as static trees under other names: `mirror.example.org`.
  ///   - script: decides for each request whether it goes wrong, and how.
  ///   - flaw: what is wrong with a handshake, by host and number from 1.
  public init(
    _ records: [TestRecord], releases: [TestRelease] = [], port: Int = 0,
    shape: TestRecord.Shape = .current,
    bytesPerSecond: Int? = nil, remaining: [Int] = [], hosts: [String: String] = [:],
    script: @escaping Script = { _, _ in nil },
    flaw: @escaping @Sendable (_ host: String, _ number: Int) -> TestAuthority.Flaw = { _, _ in
      .none
    }
  ) throws {
    certificates = try TemporaryFolder()
    try certificates.write("ca.pem", TestAuthority.shared.pem)
    let site = ZenodoSite(
      records, releases, shape: shape, bytesPerSecond: bytesPerSecond, remaining: remaining,
      hosts: hosts,
      script: script)
    self.site = site
    server = LoopbackServer(port: port, authority: .shared, flaw: flaw) { site.answer($0) }
  }

  /// For the binary: proxy and authority.
  public var environment: [String: String] {
    [
      "HTTPS_PROXY": "http://\(server.address)", "https_proxy": "http://\(server.address)",
      "CURL_CA_BUNDLE": certificates.path + "/ca.pem",
    ]
  }

  public var requests: [LoopbackServer.Request] { server.requests }

  /// Publishes a release in the place of one of the same repository and tag.
  public func publish(_ release: TestRelease) { site.publish(release) }

  /// Publishes a record, in the place of one with the same number.
  public func publish(_ record: TestRecord) { site.publish(record) }
}
