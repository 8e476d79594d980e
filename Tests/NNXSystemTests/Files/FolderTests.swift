import Glibc
import NNXSystem
import TestSupport
import Testing

@Suite struct FolderTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path }

  init() throws { folder = try TemporaryFolder() }

  @Test func whatLiesUnderANameIsKnown() throws {
    try folder.write("a/file", [1, 2, 3])
    try folder.link("a/link", to: "file")
    try folder.link("a/dead", to: "no")
    try #require(mkfifo(path + "/a/pipe", 0o600) == 0)
    #expect(Folder.kind(path + "/a") == .folder)
    #expect(Folder.kind(path + "/a/file") == .file(size: 3))
    #expect(Folder.kind(path + "/a/link") == .link)
    #expect(Folder.kind(path + "/a/pipe") == .other)
    #expect(Folder.kind(path + "/a/no") == nil)
    #expect(Folder.isFolder(path + "/a/link") == false)
    #expect(Folder.isFolder(path + "/a/dead") == nil)
    #expect(SystemCall.readlink(path + "/a/dead") == "no")
    #expect(SystemCall.readlink(path + "/a/file") == nil)
    #expect(try Folder.entries(path + "/a") == ["dead", "file", "link", "pipe"])
    #expect(try Folder.files(below: path).map(\.path) == ["a/file"])
    #expect(FileIdentity(path + "/a/link") == FileIdentity(path + "/a/file"))
    #expect(FileIdentity(path + "/a/dead") == nil)
  }

  @Test func foldersAreRemovedWithAllThatIsInThem() throws {
    try folder.write("a/b/file", [1])
    try folder.write("kept", [1])
    try folder.link("a/out", to: "../kept")
    try Folder.remove(path + "/a")
    try Folder.remove(path + "/a")
    #expect(try folder.contents() == ["kept"])
  }

  @Test func namesAreTakenOnlyWhereNothingIs() throws {
    try folder.write("a", [1])
    try folder.write("b", [2])
    let error = #expect(throws: NNXError.self) { try Folder.place(path + "/a", at: path + "/b") }
    #expect(error?.code == .outputExists)
    try Folder.place(path + "/a", at: path + "/c")
    #expect(try folder.contents() == ["b", "c"])
    try Folder.exchange(path + "/b", path + "/c")
    #expect(try folder.read(path + "/b") == [1])
    try Folder.move(path + "/b", to: path + "/c")
    #expect(try folder.contents() == ["c"])
    let missing = #expect(throws: NNXError.self) { try Folder.move(path + "/b", to: path + "/c") }
    #expect(missing?.code == .fileNotFound)
  }

  @Test func missingFoldersAreMadeAndNamed() throws {
    let made = try Folder.createMissing(path + "/a/b")
    #expect(made == [path + "/a", path + "/a/b"])
    #expect(try Folder.createMissing(path + "/a/b") == [])
    try folder.write("a/file", [1])
    Folder.removeEmpty([path + "/a/b", path + "/a"])
    #expect(try folder.contents() == ["a", "a/file"])
    let error = #expect(throws: NNXError.self) { try Folder.create(path + "/a/file/b") }
    #expect(error?.code == .cannotWrite)
  }

  @Test(arguments: [
    ("a/b", "a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("/a/b/", "/a/b", ""), ("", ".", ""),
  ])
  func pathsAreTakenApart(path: String, parent: String, last: String) {
    #expect(parentFolder(path) == parent)
    #expect(lastComponent(path) == last)
  }
}
