import Foundation
import NNXSystem
import TestSupport
import Testing

/// Settings, licences, cache, doctor and reasons through the real binary.
@Suite struct HouseKeepingTests {
  private func json(_ outcome: Binary.Outcome) throws -> OrderedJSON {
    try OrderedJSON(parsing: Array(outcome.output.utf8), source: "answer")
  }

  /// A registry that says that the demo may not be used commercially.
  private func strictRegistry(_ folder: TemporaryFolder) throws -> String {
    let text = String(
      decoding: try folder.read(Fixtures.repository + "/registry.json"), as: UTF8.self)
    let entry = try #require(text.range(of: "\"name\": \"demo-ct\""))
    let list = try #require(
      text.range(of: "\"licenses\": [", range: entry.upperBound..<text.endIndex))
    let statement = #"{"spdx": "CC-BY-NC-4.0", "statedBy": "MHub", "scope": "weights"}"#
    try #require(text[list.upperBound...].hasPrefix("]"))
    var changed = text
    changed.insert(contentsOf: statement, at: list.upperBound)
    try folder.write("Models/demo-ct.zip", folder.read(Fixtures.repository + "/Models/demo-ct.zip"))
    return try folder.write("registry.json", Array(changed.utf8))
  }

  @Test func thePolicyDecidesBeforeAnythingIsInstalled() throws {
    let folder = try TemporaryFolder()
    let registry = try strictRegistry(folder)
    let nnx = Binary()
    let commercial = ["NNX_LICENSE_POLICY": "commercial"]
    let install = ["install", "demo-ct", "--registry", registry]
    let refused = try nnx.run(install, environment: commercial)
    #expect(refused.status == 77, "\(refused.errors)")
    #expect(
      refused.errors.contains(
        """
        error[license]: demo-ct may be used for non-commercial work only
          MHub states CC-BY-NC-4.0 for these weights. Your policy is 'commercial'.
          If your use is allowed: nnx install demo-ct --accept-license CC-BY-NC-4.0
        """), "\(refused.errors)")
    #expect(try nnx.run("list", "-q").output == "")
    let accepted = try nnx.run(
      install + ["--accept-license", "CC-BY-NC-4.0"], environment: commercial)
    #expect(accepted.status == 0, "\(accepted.errors)")
    let why = try json(nnx.run("why", "demo-ct", "--json"))["data"]
    #expect(why?["askedBy"]?.array?.first?["kind"]?.string == "person")
    #expect(why?["accepted"]?.array?.first?["spdx"]?.string == "CC-BY-NC-4.0")
    #expect(why?["accepted"]?.array?.first?["how"]?.string == "--accept-license")
  }

  @Test func withoutATerminalNobodyIsAsked() throws {
    let folder = try TemporaryFolder()
    let registry = try strictRegistry(folder)
    let nnx = Binary()
    let outcome = try nnx.run("install", "demo-ct", "--registry", registry)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("Nobody is here to be asked"))
    let why = try json(nnx.run("why", "demo-ct", "--json"))["data"]
    #expect(why?["accepted"]?.array?.first?["how"]?.string == "not asked: no terminal")
  }

  @Test func settingsAreSetShownAndUnset() throws {
    let nnx = Binary()
    #expect(try nnx.run("config", "set", "license-policy", "commercial").status == 0)
    #expect(try nnx.run("config", "get", "license-policy").output == "commercial\n")
    let shown = try nnx.run("config", "--show-origin")
    let home = try nnx.home.get().path
    #expect(shown.output.contains("\(home)/config/config.toml:1"), "\(shown.output)")
    let variable = try nnx.run(
      ["config", "get", "license-policy", "--json"], environment: ["NNX_LICENSE_POLICY": "any"])
    #expect(try json(variable)["data"]?["origin"]?.string == "NNX_LICENSE_POLICY")
    #expect(try nnx.run("config", "unset", "license-policy").status == 0)
    #expect(try nnx.run("config", "get", "license-policy").output == "ask\n")
    let wrong = try nnx.run("config", "set", "licence-policy", "any")
    #expect(wrong.status == 78)
    #expect(wrong.errors.contains("license-policy"))
    let token = try nnx.run(["config", "--json"], environment: ["ZENODO_TOKEN": "very-secret"])
    #expect(token.status == 0 && !token.output.contains("very-secret"))
  }

  @Test func aBrokenFileOfSettingsStopsEveryCommandWithItsLine() throws {
    let nnx = Binary()
    try nnx.home.get().write("config/config.toml", Array("threads = 1\nofline = true\n".utf8))
    let outcome = try nnx.run("list")
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("config.toml:2: there is no setting 'ofline'"))
    #expect(outcome.errors.contains("'offline'"))
  }

  @Test func theShellGetsItsVariables() throws {
    let nnx = Binary()
    let home = try nnx.home.get().path
    let outcome = try nnx.run("env")
    #expect(outcome.output.contains("export nnUNet_results='\(home)/results/nnUNet_results'\n"))
    #expect(outcome.output.contains("export RESULTS_FOLDER='\(home)/results'\n"))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("# ") || $0.hasPrefix("export ") })
    #expect(try nnx.home.get().contents() == [])
  }

  @Test func doctorSaysWhatIsWrongAndMendsIt() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    #expect(try nnx.run("doctor").status == 0)
    let wrong = try nnx.run(["doctor"], environment: ["nnUNet_results": "/nowhere"])
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("fail  nnUNet_results points to /nowhere"))
    try nnx.home.get().write("catalogue.sqlite", Array("damaged".utf8))
    #expect(try nnx.run("list", "-q").output == "demo-ct\n")
    #expect(try nnx.run("doctor", "--fix").status == 0)
    let checks = try json(nnx.run("doctor", "--json"))["data"]?["checks"]?.array ?? []
    #expect(checks.allSatisfy { $0["state"]?.string != "fail" })
    #expect(checks.contains { $0["id"]?.string == "catalogue" && $0["state"]?.string == "ok" })
  }

  @Test func cacheAndUninstallTellBeforeTheyDo() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let listed = try nnx.run("cache", "ls")
    #expect(listed.output.contains("demo-ct/weights") && listed.output.contains("needed"))
    #expect(
      try nnx.run("cache", "prune", "--checkpoints", "--dry-run").output.contains("Would free"))
    #expect(try nnx.run("cache", "-q").output.contains("demo-ct/checkpoints"))
    #expect(try nnx.run("cache", "prune", "--checkpoints").status == 0)
    #expect(try !nnx.run("cache", "-q").output.contains("demo-ct/checkpoints"))
    #expect(try nnx.run("cache", "clean", "--older-than", "soon").status == 64)
    #expect(try nnx.run("rm", "demo-ct", "--dry-run").output.contains("Would remove demo-ct"))
    #expect(try nnx.run("rm", "demo-ct", "nothing").status == 66)
    #expect(try nnx.run("list", "-q").output == "demo-ct\n")
    #expect(try nnx.run("rm", "demo-ct").status == 0)
  }

  @Test func aReadOnlyStoreIsReadWithoutAByte() throws {
    let shared = Binary()
    try #require(try shared.run("install", "demo-ct", "-q").status == 0)
    let root = try shared.home.get()
    let before = try root.contents()
    let nnx = Binary()
    let environment = ["NNX_STORES": root.path]
    for arguments in [
      ["list", "-q"], ["why", "demo-ct"], ["doctor"], ["cache"], ["path", "demo-ct"],
    ] {
      #expect(try nnx.run(arguments, environment: environment).status == 0, "\(arguments)")
    }
    #expect(try nnx.run(["list", "-q"], environment: environment).output == "demo-ct\n")
    #expect(try root.contents() == before)
    let own = try nnx.home.get().contents()
    #expect(own == [], "\(own)")
    #expect(try nnx.run(["rm", "demo-ct"], environment: environment).status == 73)
  }

  @Test(arguments: ["cache", "config", "doctor", "env", "why", "use", "uninstall"])
  func helpFitsTheTerminal(_ verb: String) throws {
    let help = try Binary().run(verb, "--help")
    #expect(help.status == 0)
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(help.output)")
  }
}
