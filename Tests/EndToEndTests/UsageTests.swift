import NNXSystem
import TestSupport
import Testing

/// Wrong usage, for people and for programs.
@Suite struct UsageTests {
  @Test(arguments: [
    ("instal", "install"), ("lst", "list"), ("serch", "search"), ("update", "upgrade"),
    ("download", "install"), ("delete", "uninstall"), ("pred", "predict"),
  ])
  func unknownVerbsGetTheNearest(typed: String, meant: String) throws {
    let outcome = try Shelf().run(typed)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("error[usage]: nnx has no command '\(typed)'"))
    #expect(outcome.errors.contains("Did you mean: "))
    #expect(outcome.errors.contains(meant))
    #expect(outcome.output.isEmpty)
  }

  /// `-o "$OUT"` with a variable that is not set: nothing goes to the top of the disk.
  @Test(arguments: [["-i", "", "-o", "x.nii.gz"], ["-i", "/usr/share", "-o", ""]])
  func noNameIsNoPlace(_ arguments: [String]) throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let scan = Fixtures.repository + "/Models/phantom_0000.nii.gz"
    let outcome = try nnx.run(
      ["predict", "-m", "demo-ct"] + arguments.map { $0 == "/usr/share" ? scan : $0 })
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("is empty"), "\(outcome.errors)")
  }

  /// Swift would mend the name, and two files have one.
  @Test func namesThatAreNoTextAreRefused() throws {
    let outcome = try Binary().run(
      ["-c", "\(Binary.path) stats \"$(printf 'a\\377.nii.gz')\""], program: "/bin/sh")
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("is not UTF-8"), "\(outcome.errors)")
  }

  @Test func unknownFlagsGetTheNearest() throws {
    let outcome = try Shelf().run("list", "--jsn")
    #expect(outcome.status == 64)
    #expect(
      outcome.errors.hasPrefix("error[usage]: unknown option '--jsn'. Did you mean '--json'?"))
    #expect(outcome.errors.contains("nnx list --help"))
  }

  @Test(arguments: [
    (["info", "--json"], "nnx.info/1"), (["ls", "--nothing", "--json"], "nnx.list/1"),
    (["frobnicate", "--json"], "nnx.nnx/1"), (["--json", "show"], "nnx.info/1"),
    (["upgrade", "a", "--all", "--json"], "nnx.upgrade/1"),
  ])
  func programsGetAnEnvelope(arguments: [String], schema: String) throws {
    let outcome = try Shelf().run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors.isEmpty)
    let answer = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "answer")
    #expect(answer["schema"]?.string == schema)
    #expect(answer["ok"]?.bool == false)
    #expect(answer["error"]?["code"]?.string == "usage")
    #expect(answer["error"]?["exit"]?.int == 64)
    #expect(answer["error"]?["message"]?.string?.isEmpty == false)
  }

  @Test func globalFlagsMayComeFirst() throws {
    let shelf = try Shelf()
    let before = try shelf.run("--json", "--progress", "none", "list")
    let after = try shelf.run("list", "--json", "--progress", "none")
    #expect(before.status == 0)
    #expect(before.output == after.output)
    #expect(try shelf.run("--version").output.hasPrefix("nnx "))
  }
}
