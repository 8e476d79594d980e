import NNXSystem
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/file" }

  init() throws { folder = try TemporaryFolder() }

  @Test func theFileAppearsWhenItIsComplete() throws {
    let file = try AtomicFile(path)
    try file.write("one ")
    try file.write([0x74, 0x77, 0x6F])
    #expect(file.count == 7)
    #expect(Folder.kind(path) == nil)
    try file.commit()
    #expect(try folder.read(path) == Array("one two".utf8))
    #expect(try folder.contents() == ["file"])
  }

  @Test func whatIsDroppedLeavesNothing() throws {
    do {
      let file = try AtomicFile(path)
      try file.write("half of it")
      #expect(try folder.contents().count == 1)
    }
    #expect(try folder.contents() == [])
  }

  @Test func theOldFileStaysUntilTheNewOneIsThere() throws {
    try folder.write("file", Array("old".utf8))
    do {
      let file = try AtomicFile(path)
      try file.write("never finished")
      #expect(try folder.read(path) == Array("old".utf8))
    }
    #expect(try folder.read(path) == Array("old".utf8))
    try AtomicFile.write(Array("new".utf8), to: path)
    #expect(try folder.read(path) == Array("new".utf8))
  }

  @Test func aFolderThatIsMissingIsSaid() throws {
    let error = #expect(throws: NNXError.self) { try AtomicFile(folder.path + "/no/file") }
    #expect(error?.code == .fileNotFound)
  }

  @Test func aFolderInItsPlaceStays() throws {
    try Folder.create(path)
    let file = try AtomicFile(path)
    let error = #expect(throws: NNXError.self) { try file.commit() }
    #expect(error?.code == .cannotWrite)
    #expect(try folder.contents() == ["file"])
    #expect(Folder.kind(path) == .folder)
  }

  /// No process has such a number (`PID_MAX_LIMIT` of linux/threads.h is 2²²).
  private static let nobody = 1 << 30

  @Test func whatDeadProcessesLeftIsRemoved() throws {
    let unfinished = try AtomicFile(path)
    let own = try folder.contents()
    for name in ["a.\(Self.nobody).x.tmp", "a.tmp", "a.\(Self.nobody).x", "a.one.x.tmp"] {
      try folder.write(name, [1])
    }
    AtomicFile.removeAbandoned(in: folder.path)
    let left = ["a.tmp", "a.\(Self.nobody).x", "a.one.x.tmp"] + own
    #expect(try folder.contents() == left.sorted())
    try unfinished.commit()
    AtomicFile.removeAbandoned(in: folder.path + "/no")
  }

  @Test(arguments: [nil, "", "right", "right te"] as [String?])
  func aFileOfAKnownTextIsCompleted(_ before: String?) throws {
    if let before { try folder.write("file", Array(before.utf8)) }
    try keepFile(path, "right text")
    #expect(try folder.read(path) == Array("right text".utf8))
    try keepFile(path, "right text")
    #expect(try folder.contents() == ["file"])
  }
}
