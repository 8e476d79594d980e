import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct RegistryLocationTests {
  @Test func filesAndFoldersNameADocument() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("registry.json", [])
    for text in [path, folder.path, folder.path + "/"] {
      let source = try RegistrySource(text)
      #expect(source.document == path)
      #expect(source.base == folder.path)
    }
  }

  @Test(arguments: [
    ("https://Site.org/nnx", "https://Site.org/nnx/registry.json", "https://Site.org/nnx"),
    ("https://site.org/a/", "https://site.org/a/registry.json", "https://site.org/a"),
    ("https://site.org/a/b.json", "https://site.org/a/b.json", "https://site.org/a"),
  ])
  func addressesNameADocument(text: String, document: String, base: String) throws {
    let source = try RegistrySource(text)
    #expect(source.document == document)
    #expect(source.base == base)
    #expect(source.suggestedName == "site.org")
  }

  @Test(arguments: [
    "/nowhere/registry.json", "http://example.org/registry.json", "ftp://example.org/",
    "https://user@example.org/", "https://example.org/?x=1",
  ])
  func whatTheUserNamesMustBeUsable(text: String) {
    #expect(throws: NNXError.self) { try RegistrySource(text) }
  }

  @Test(arguments: [
    ("share/nnx/registry.json", "bin/nnx"),
    ("registry.json", ".build/release/nnx"),
    ("registry.json", ".build/x86_64-unknown-linux-gnu/release/nnxPackageTests.xctest"),
  ])
  func filesOfNnxAreFoundFromTheExecutable(registry: String, executable: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(registry, [])
    let found = RegistryLocation.find(executable: folder.path + "/" + executable)
    #expect(found == .file(path))
  }

  @Test func aCopiedBinaryUsesTheCopyInside() throws {
    let folder = try TemporaryFolder()
    try folder.write("registry.json", [])
    let executable = folder.path + "/tools/nnx"
    #expect(RegistryLocation.find(executable: executable) == .embedded)
    #expect(RegistryLocation.find(executable: nil) == .embedded)
  }
}
