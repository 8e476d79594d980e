import NNXStore
import NNXSystem
import TestSupport
import Testing

@Suite struct RegistryLocationTests {
  @Test func whatTheUserNamesComesFirst() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("registry.json", [])
    for option in [path, folder.path] {
      let found = try RegistryLocation.find(option: option, executable: "/usr/bin/nnx")
      #expect(found == .file(path))
    }
  }

  @Test(arguments: ["/nowhere/registry.json", "https://example.org/registry.json"])
  func whatTheUserNamesMustBeThere(option: String) {
    #expect(throws: NNXError.self) {
      try RegistryLocation.find(option: option, executable: nil)
    }
  }

  @Test(arguments: [
    ("share/nnx/registry.json", "bin/nnx"),
    ("registry.json", ".build/release/nnx"),
    ("registry.json", ".build/x86_64-unknown-linux-gnu/release/nnxPackageTests.xctest"),
  ])
  func filesOfNnxAreFoundFromTheExecutable(registry: String, executable: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(registry, [])
    let found = try RegistryLocation.find(
      option: nil, executable: folder.path + "/" + executable)
    #expect(found == .file(path))
  }

  @Test func aCopiedBinaryUsesTheCopyInside() throws {
    let folder = try TemporaryFolder()
    try folder.write("registry.json", [])
    let executable = folder.path + "/tools/nnx"
    #expect(try RegistryLocation.find(option: nil, executable: executable) == .embedded)
    #expect(try RegistryLocation.find(option: nil, executable: nil) == .embedded)
  }
}
