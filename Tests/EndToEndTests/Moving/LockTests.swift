import Foundation
import NNXSystem
import TestSupport
import Testing

/// A lock written on one machine makes the same store on another.
@Suite struct LockTests {
  private let project: TemporaryFolder
  private let lock: String

  init() throws {
    project = try TemporaryFolder()
    lock = project.path + "/nnx.lock"
    let zip = Fixtures.folder + "/reference/v2/plain_ct_folds/model.zip"
    try project.write("weights/mine.zip", [UInt8](Data(contentsOf: URL(fileURLWithPath: zip))))
  }

  /// A home with the bundled model and one from a file of the project.
  private func filled() throws -> Binary {
    let nnx = Binary()
    for arguments in [["demo-ct"], [project.path + "/weights/mine.zip", "--name", "mine"]] {
      let outcome = try nnx.run(["install"] + arguments + ["-q"])
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    return nnx
  }

  private func text() throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: lock)), as: UTF8.self)
  }

  @Test func syncMakesTheSameStoreElsewhere() throws {
    let first = try filled()
    #expect(try first.run("lock", "-f", lock).status == 0)
    let written = try text()
    #expect(!written.contains(project.path), "no path of the machine")
    #expect(written.contains(#""path": "weights/mine.zip""#))
    #expect(try first.run("lock", "--check", "-f", lock).status == 0)

    let second = Binary()
    #expect(try second.run("lock", "--check", "-f", lock).status == 1)
    let planned = try second.run("sync", "-f", lock, "--dry-run")
    #expect(planned.output.contains("install   demo-ct"), "\(planned.output)\(planned.errors)")
    #expect(try second.run("list", "-q").output == "")

    let synced = try second.run("sync", "-f", lock, "--offline")
    #expect(synced.status == 0, "\(synced.errors)")
    #expect(try second.run("lock", "--check", "-f", lock).status == 0)
    #expect(try second.run("list", "-q").output == "demo-ct\nmine\n")
    let again = try second.run("sync", "-f", lock)
    #expect(again.output.contains("kept") && !again.output.contains("installed"))
    let rewritten = try second.run("lock", "-f", lock, "--json")
    #expect(rewritten.output.contains(#""changed": false"#))
    #expect(try text() == written)
  }

  @Test func otherBytesThanLockedAreRefused() throws {
    _ = try filled().run("lock", "-f", lock)
    let right = try text()
    let published = try #require(right.firstRange(of: #""published": ""#)).upperBound
    var wrong = right
    let digit = wrong[published]
    wrong.replaceSubrange(published...published, with: digit == "0" ? "1" : "0")
    try project.write("nnx.lock", Array(wrong.utf8))
    let nnx = Binary()
    let outcome = try nnx.run("sync", "-f", lock)
    #expect(outcome.status == 76, "\(outcome.errors)")
    #expect(outcome.errors.contains("published files differ"))
    // The others are made all the same.
    #expect(try nnx.run("list", "-q").output == "mine\n")
    #expect(try nnx.home.get().contents().filter { $0.hasPrefix("staging/") } == [])
  }

  @Test func anArchiveThatChangedSinceIsRefused() throws {
    _ = try filled().run("lock", "mine", "-f", lock)
    let other = Fixtures.folder + "/reference/v2/plain_ct/model.zip"
    try project.write("weights/mine.zip", [UInt8](Data(contentsOf: URL(fileURLWithPath: other))))
    let nnx = Binary()
    let outcome = try nnx.run("sync", "-f", lock)
    #expect(outcome.status == 76, "\(outcome.errors)")
    #expect(try nnx.run("list", "-q").output == "")
  }

  @Test func pruneRemovesWhatTheLockDoesNotName() throws {
    let nnx = try filled()
    #expect(try nnx.run("lock", "demo-ct", "-f", lock).status == 0)
    let checked = try nnx.run("lock", "--check", "-f", lock)
    #expect(checked.status == 1 && checked.output.contains("unlocked"), "\(checked.output)")
    #expect(try nnx.run("sync", "-f", lock).status == 0)
    #expect(try nnx.run("list", "-q").output == "demo-ct\nmine\n")
    #expect(try nnx.run("sync", "-f", lock, "--prune").output.contains("removed   mine"))
    #expect(try nnx.run("list", "-q").output == "demo-ct\n")
    #expect(try nnx.run("lock", "--check", "-f", lock).status == 0)
  }

  @Test func lockedInstallsTakeNothingElse() throws {
    _ = try filled().run("lock", "-f", lock)
    let zip = project.path + "/weights/mine.zip"
    let other = Fixtures.folder + "/reference/v2/plain_ct/model.zip"
    let nnx = Binary()
    func install(_ arguments: String...) throws -> Binary.Outcome {
      try nnx.run(["install"] + arguments + ["--locked"], folder: project.path)
    }
    let unnamed = try install(other, "--name", "other")
    #expect(unnamed.status == 66 && unnamed.errors.contains("error[not-locked]"))
    #expect(try install(other, "--name", "mine").status == 76)
    #expect(try nnx.run("list", "-q").output == "")
    #expect(try install(zip, "--name", "mine").status == 0)
    #expect(try install("demo-ct").status == 0)
    #expect(try nnx.run("lock", "--check", "-f", lock).status == 0)
  }

  @Test(arguments: [
    ("", "file-not-found", 66), ("{}", "invalid-lock", 65), ("{\"schema\": 9}", "newer-lock", 78),
    (#"{"schema": 1, "models": [{"name": "../x"}]}"#, "invalid-lock", 65),
  ])
  func brokenLocksAreNamed(text: String, code: String, status: Int32) throws {
    if !text.isEmpty { try project.write("nnx.lock", Array(text.utf8)) }
    let outcome = try Binary().run("sync", "-f", lock)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains("error[\(code)]"), "\(outcome.errors)")
  }
}
