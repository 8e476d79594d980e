import TestSupport
import Testing

@testable import NNXSystem

@Suite struct PathTests {
  /// Paths are bytes: a mark that combines with the slash before it is no part of it.
  @Test func slashesAreBytes() {
    #expect(Folder.trimmed("a/b//") == "a/b" && Folder.trimmed("//") == "/")
    #expect(Folder.trimmed("") == "" && Folder.trimmed("a") == "a")
    #expect(Folder.trimmed("ü/\u{301}/") == "ü/\u{301}")
    #expect(parentFolder("a/\u{301}b") == "a" && lastComponent("a/\u{301}b") == "\u{301}b")
    #expect(parentFolder("/a") == "/" && parentFolder("a") == ".")
    #expect(lastComponent("a/") == "" && lastComponent("a") == "a")
  }

  /// The system's paths end at a NUL: that of a table's field would be its folder, which holds the same again.
  @Test func pathsWithANULNameNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("a/b", [1])
    for path in ["\(folder.path)/a/\0", "\(folder.path)/a/b\0c"] {
      #expect(Folder.kind(path) == nil && Folder.isFolder(path) == nil && !Folder.isFile(path))
      #expect(SystemCall.names(in: path) == nil && SystemCall.realpath(path) == nil)
      #expect(!SystemCall.rename(path, to: folder.path + "/c"))
      #expect(!SystemCall.unlink(path) && !SystemCall.rmdir(path))
      let error = #expect(throws: NNXError.self) { try FileReader(path).count }
      #expect(error?.code == .fileNotFound)
    }
    #expect(Folder.isFile(folder.path + "/a/b"))
  }

  /// Through links, dots and what is not there: what a resolver says is what each path by itself leads to.
  @Test func aResolverSaysWhereEachPathLeads() throws {
    let folder = try TemporaryFolder()
    try folder.write("a/b/c", [1])
    #expect(SystemCall.symlink(folder.path + "/link", to: "a/b"))
    #expect(SystemCall.symlink(folder.path + "/a/file", to: "b/c"))
    #expect(SystemCall.symlink(folder.path + "/nowhere", to: "x/y"))
    let names = [
      "a/b/c", "a/b/c/", "link/c", "a/file", "link", "link/", "a/b/../b/c", "a/b/.", "a/b/..",
      "new",
      "new/deep/file", "link/new", "nowhere", "nowhere/z", "a//b//c", ".", "",
    ]
    var resolver = PathResolver()
    for path in names.map({ "\(folder.path)/\($0)" }) + names + ["/", "//", "/new", ".."] {
      #expect(resolver.resolved(path) == Folder.resolved(path), "\(path)")
    }
    let real = Folder.absolute(folder.path)
    #expect(resolver.resolved(folder.path + "/link/c") == real + "/a/b/c")
    #expect(resolver.resolved(folder.path + "/new/deep/file") == real + "/new/deep/file")
  }
}
