import NNXSystem
import Testing

@testable import NNXStore

/// Where certificates are looked for, the same for downloads and for `nnx doctor`.
@Suite struct AuthoritiesTests {
  private func authorities(
    _ environment: [String: String] = [:], files: Set<String> = []
  ) -> Authorities {
    Authorities(environment: { environment[$0] }, isFile: files.contains)
  }

  @Test func theEnvironmentCountsFirst() {
    let system: Set = ["/etc/ssl/certs/ca-certificates.crt"]
    let both = authorities(["CURL_CA_BUNDLE": "/a", "SSL_CERT_FILE": "/b"], files: system)
    #expect(both.path == "/a")
    #expect(authorities(["CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "/b"], files: system).path == "/b")
    #expect(
      authorities(["CURL_CA_BUNDLE": "", "SSL_CERT_FILE": ""], files: system).file
        == .system("/etc/ssl/certs/ca-certificates.crt"))
  }

  @Test(arguments: [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem", "/conda/ssl/cacert.pem",
  ])
  func everyDistributionsPlaceIsKnown(path: String) throws {
    let found = authorities(["CONDA_PREFIX": "/conda"], files: [path])
    #expect(found.file == .system(path))
    try found.check()
  }

  @Test func withoutAnyNobodyIsAsked() throws {
    let error = #expect(throws: NNXError.self) { try authorities().check() }
    #expect(error?.code == .noCertificates && error?.code.status.rawValue == 69)
    #expect(error?.retry == nil)
    try authorities(["SSL_CERT_DIR": "/certs"]).check()
  }

  @Test func releasesAreComparedByTheirNumbers() {
    #expect(LatestRelease.version("v0.10.2") == "0.10.2")
    for tag in ["", "v1", "nightly", "0.1.x", "v0.1.0-rc1", "1..2", "01.2.0"] {
      #expect(LatestRelease.version(tag) == nil, "\(tag)")
    }
  }
}
