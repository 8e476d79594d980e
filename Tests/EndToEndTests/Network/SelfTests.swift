import NNXSystem
import TestSupport
import Testing

/// What nnx tells about itself, and asks only when it is told to.
@Suite struct SelfTests {
  private let bench = NetworkBench()

  private func releases(_ text: String) throws -> LoopbackZenodo {
    let folder = try TemporaryFolder()
    try folder.write("repos/nnx-project/nnx/releases/latest", Array(text.utf8))
    // The server reads the files while the test runs.
    kept.append(folder)
    return try LoopbackZenodo([], hosts: ["api.github.com": folder.path])
  }

  private final class Kept: @unchecked Sendable {
    var folders: [TemporaryFolder] = []
    func append(_ folder: TemporaryFolder) { folders.append(folder) }
  }
  private let kept = Kept()

  @Test func aNewerReleaseIsToldWhenAskedForAlone() throws {
    let site = try releases(#"{"tag_name": "v99.0.0", "body": "…"}"#)
    let quiet = try bench.run(site, ["self", "version"])
    #expect(quiet.status == 0 && quiet.output.contains("nnx        \(Version.current)"))
    #expect(site.requests.isEmpty)
    let told = try bench.run(site, ["self", "version", "--check", "--json"])
    let data = try OrderedJSON(parsing: Array(told.output.utf8), source: "answer")["data"]
    #expect(data?["latest"]?.string == "99.0.0" && data?["is_newer"] == .bool(true))
    let same = try releases(#"{"tag_name": "v\#(Version.current)"}"#)
    let current = try bench.run(same, ["self", "version", "--check"])
    #expect(current.output.contains("No newer release is there"), "\(current.output)")
    NetworkBench.expectNoLeak(site, hosts: ["api.github.com"], trusted: "api.github.com")
  }

  @Test func whatIsNoReleaseIsRefused() throws {
    let nonsense = try releases(#"{"message": "rate limited"}"#)
    let outcome = try bench.run(nonsense, ["self", "version", "--check"])
    #expect(outcome.status == 69 && outcome.errors.contains("names no version"))
    #expect(try bench.run(nonsense, ["self", "version", "--check", "--offline"]).status == 69)
  }

  @Test func licencesOfWhatIsInsideArePrinted() throws {
    let outcome = try bench.nnx.run("licenses")
    #expect(outcome.status == 0)
    for name in ["## OpenSSL", "## curl", "## SQLite", "## libtiff", "## Swift"] {
      #expect(outcome.output.contains(name), "\(name)")
    }
    #expect(try bench.nnx.run("licenses", "-q").output.contains("zlib\n"))
  }
}
