import TestSupport
import Testing

@testable import NNXSystem

@Suite struct SharedFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/records/a"
  }

  @Test func onlyTheFirstClaims() throws {
    #expect(try SharedFile.claim(path, [1, 2]))
    #expect(try !SharedFile.claim(path, [3]))
    #expect(try folder.read(path) == [1, 2])
  }

  @Test(arguments: [false, true])
  func onlyTheFirstPublishes(_ isNamed: Bool) throws {
    try Folder.create(parentFolder(path))
    func publish(_ bytes: [UInt8]) throws(NNXError) -> Bool {
      isNamed
        ? try SharedFile.publishNamed(path, bytes, "me")
        : try SharedFile.publish(path, bytes, owner: "me")
    }
    #expect(try publish([1, 2]))
    #expect(try !publish([3]))
    #expect(try folder.read(path) == [1, 2])
    #expect(try folder.contents() == ["records", "records/a"])
  }

  /// Times are those of one system, whoever asks.
  @Test func aHeartbeatIsNewerThanWhatWasBefore() throws {
    #expect(try SharedFile.claim(path, [1, 2]))
    SharedFile.giveUp(path)
    #expect(SharedFile.changed(path) == 0)
    let before = try SharedFile.now(folder.path + "/clock")
    #expect(SharedFile.refresh(path, [3, 4]))
    let beat = try #require(SharedFile.changed(path))
    let after = try SharedFile.now(folder.path + "/clock")
    #expect(beat >= before && beat <= after)
    #expect(try folder.read(path) == [3, 4])
    #expect(!SharedFile.refresh(path + "x", []) && SharedFile.changed(path + "x") == nil)
  }

  @Test func aFolderThatIsNotThereHoldsNothing() throws {
    #expect(try Folder.names(folder.path + "/none") == [])
  }
}
