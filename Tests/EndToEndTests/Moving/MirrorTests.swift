import Foundation
import NNXSystem
import TestSupport
import Testing

/// A mirror in a folder: filled, checked, repaired, and installed from.
@Suite struct MirrorTests {
  private let site: TemporaryFolder
  private let nnx = Binary()

  init() throws { site = try TemporaryFolder() }

  private func sync(_ arguments: String...) throws -> OrderedJSON {
    let outcome = try nnx.run(["mirror", "sync", site.path] + arguments + ["--json", "--offline"])
    try #require(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
    return try #require(
      try OrderedJSON(parsing: Array(outcome.output.utf8), source: "mirror")["data"])
  }

  @Test func aMirrorIsFilledOnceAndRepaired() throws {
    let first = try sync("demo-ct")
    let path = try #require(first["fetched"]?.array?.first?.string)
    #expect(path.hasPrefix("files/") && path.hasSuffix("/demo-ct.zip"))
    #expect(try sync("demo-ct")["kept"]?.array?.count == 1)
    let sums = String(decoding: try site.read(site.path + "/SHA256SUMS"), as: UTF8.self)
    for line in sums.split(separator: "\n") {
      let file = site.path + "/" + line.dropFirst(66)
      #expect(try Digest.ofFile(file, .sha256) == line.prefix(64))
    }
    #expect(sums.contains(path) && sums.contains("registry.json"))
    let registry = try site.read(site.path + "/registry.json")
    try site.change(path, at: 1000, to: 7)
    #expect(try sync("demo-ct")["fetched"]?.array?.count == 1)
    #expect(try site.read(site.path + "/registry.json") == registry)
    #expect(try sync("demo-ct")["kept"]?.array?.count == 1)
  }

  @Test func modelsAreInstalledFromIt() throws {
    _ = try sync("demo-ct")
    for environment in [["NNX_REGISTRY": site.path], ["NNX_MIRROR": site.path]] {
      let user = Binary()
      let outcome = try user.run(
        ["install", "demo-ct", "--offline"], environment: environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test func aDamagedMirrorInstallsNothing() throws {
    let path = try #require(try sync("demo-ct")["fetched"]?.array?.first?.string)
    try site.change(path, at: 1000, to: 7)
    let user = Binary()
    let outcome = try user.run("install", "demo-ct", "--registry", site.path)
    #expect(outcome.status == 76, "\(outcome.errors)")
    #expect(try user.run("list", "-q").output == "")
  }

  @Test func aNewerMirrorIsNotOverwritten() throws {
    _ = try sync("demo-ct")
    let file = site.path + "/registry.json"
    let text = String(decoding: try site.read(file), as: UTF8.self)
    let version = try #require(text.firstRange(of: "\"version\": "))
    let newer = text[..<version.upperBound] + "99" + text[version.upperBound...]
    try site.write("registry.json", Array(newer.utf8))
    let outcome = try nnx.run("mirror", "sync", site.path, "demo-ct")
    #expect(outcome.status == 76, "\(outcome.errors)")
    #expect(String(decoding: try site.read(file), as: UTF8.self) == newer)
  }

  @Test func planAndWrongUse() throws {
    let planned = try nnx.run("mirror", "sync", site.path, "lung2-ct", "--dry-run")
    #expect(planned.output == "records/11582738/files/Dataset007_Nodules.zip\n")
    #expect(try site.contents() == [])
    #expect(try nnx.run("mirror", "sync", site.path).status == 64)
    #expect(try nnx.run("mirror", "sync", site.path, "nothing-ct").status == 66)
  }
}
