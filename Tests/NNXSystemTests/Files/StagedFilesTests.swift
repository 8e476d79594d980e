import Foundation
import NNXSystem
import TestSupport
import Testing

/// Files that appear together or not at all.
@Suite struct StagedFilesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func put(_ text: String) -> (String) throws -> Void {
    { path in
      let file = try AtomicFile(path)
      try file.write(text)
      try file.commit()
    }
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try folder.read(path(name)), as: UTF8.self)
  }

  @Test func nothingIsSeenBeforeAllIsThere() throws {
    let staged = StagedFiles()
    try staged.write(path("new/a"), put("a"))
    try staged.write(path("new/seal"), put("draft"))
    try staged.write(path("other/b"), put("b"))
    try staged.write(path("new/seal"), put("seal"))
    #expect(try folder.contents().filter { $0.hasSuffix("/a") } != ["new/a"])
    #expect(try String(contentsOfFile: staged.path(of: path("new/a")), encoding: .utf8) == "a")
    try staged.commit(replaces: false, seal: path("new/seal"))
    #expect(
      try folder.contents() == ["new", "new/a", "new/seal", "other", "other/b"])
    #expect(try text("new/seal") == "seal")
  }

  @Test func whatIsDroppedLeavesNothing() throws {
    do {
      let staged = StagedFiles()
      try staged.write(path("x/y/a"), put("a"))
      #expect(throws: NNXError.self) {
        try staged.write(path("x/y/b")) { _ in throw NNXError(.noSpace, "no") }
      }
    }
    #expect(try folder.contents() == [])
  }

  @Test func messagesNameThePlaceOfTheFile() throws {
    let staged = StagedFiles()
    let error = #expect(throws: NNXError.self) {
      try staged.write(path("a")) { path in
        throw NNXError(.noSpace, "cannot write \(path)", fixes: ["Free \(parentFolder(path))"])
      }
    }
    #expect(error?.message == "cannot write \(path("a"))")
    #expect(error?.fixes == ["Free \(folder.path)"])
  }

  @Test func replacedFilesComeBackWhenOneCannotBePlaced() throws {
    for name in ["a", "seal", "stale"] { try folder.write(name, Array("old \(name)".utf8)) }
    let staged = StagedFiles()
    for name in ["a", "b", "seal"] { try staged.write(path(name), put("new \(name)")) }
    let error = #expect(throws: NNXError.self) {
      try staged.commit(replaces: false, seal: path("seal"))
    }
    #expect(error?.code == .outputExists)
    #expect(try text("a") == "old a" && text("seal") == "old seal")
    #expect(try folder.contents().filter { !$0.hasPrefix(".") } == ["a", "seal", "stale"])
    try staged.commit(replaces: true, removes: [path("stale")], seal: path("seal"))
    #expect(try folder.contents() == ["a", "b", "seal"])
    #expect(try text("a") == "new a" && text("seal") == "new seal")
  }

  @Test func aFailureHalfWayIsUndone() throws {
    for name in ["a", "seal"] { try folder.write(name, Array("old \(name)".utf8)) }
    let staged = StagedFiles()
    for name in ["a", "seal"] { try staged.write(path(name), put("new \(name)")) }
    #expect(throws: NNXError.self) {
      try staged.commit(replaces: true, removes: [path("not there")], seal: path("seal"))
    }
    #expect(try text("a") == "old a" && text("seal") == "old seal")
  }

  @Test func whatAKilledProcessLeftIsRemoved() throws {
    // No process has this number.
    let old = ".nnx.\(ProcessFacts.hostLabel).4194305.abc.tmp"
    try folder.write("\(old)/a", [1])
    try folder.write(".nnx.elsewhere.4194305.abc.tmp/a", [1])
    let staged = StagedFiles()
    try staged.write(path("a"), put("a"))
    try staged.commit(replaces: false, seal: path("a"))
    #expect(
      try folder.contents()
        == [".nnx.elsewhere.4194305.abc.tmp", ".nnx.elsewhere.4194305.abc.tmp/a", "a"])
  }

  /// A worker that others may take for dead leaves what the next one can go on from.
  @Test func theKeystoneComesLastAndNothingIsTakenBack() throws {
    let staged = StagedFiles(owner: "me")
    for name in ["seg", "stats", "seal"] { try staged.write(path(name), put("my \(name)")) }
    #expect(Folder.kind(StagedFiles.stage(of: "me", in: folder.path)) == .folder)
    try put("another's")(path("seg"))
    #expect(throws: NNXError.self) {
      try staged.commit(
        replaces: false, seal: path("seal"), keystone: path("seg"), takesBack: false)
    }
    #expect(try text("seg") == "another's")
    #expect(try text("seal") == "my seal" && text("stats") == "my stats")
  }

  @Test func withoutOthersAllIsTakenBack() throws {
    let staged = StagedFiles()
    for name in ["seg", "stats", "seal"] { try staged.write(path(name), put("my \(name)")) }
    try put("another's")(path("seg"))
    #expect(throws: NNXError.self) {
      try staged.commit(replaces: false, seal: path("seal"), keystone: path("seg"))
    }
    #expect(try text("seg") == "another's")
    #expect(Folder.kind(path("seal")) == nil && Folder.kind(path("stats")) == nil)
  }
}
