import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct ArchiveTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func unpack(_ zip: [UInt8]) throws -> [Archive.UnpackedFile] {
    let path = try folder.write("a.zip", zip)
    let target = folder.path + "/out"
    try Folder.create(target)
    return try Archive(path).unpack(into: target)
  }

  @Test func unpacksStoredAndDeflatedFilesWithTheirDigests() throws {
    let weights = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    let zip = ZipBuilder([
      .init("Dataset001_A/"), .init("Dataset001_A/plans.json", "{}"),
      .init("Dataset001_A/fold_0/checkpoint_final.pth", weights, deflated: true),
      .init("Dataset001_A/empty.txt", ""),
    ]).build()
    let files = try unpack(zip)
    #expect(
      files.map(\.path).sorted() == [
        "Dataset001_A/empty.txt", "Dataset001_A/fold_0/checkpoint_final.pth",
        "Dataset001_A/plans.json",
      ])
    let path = folder.path + "/out/Dataset001_A/fold_0/checkpoint_final.pth"
    #expect(bytes(of: path) == weights)
    let digest = try Digest.ofFile(path, .sha256)
    #expect(files.contains { $0.sha256 == digest && $0.size == weights.count })
  }

  @Test func readsNamesBeyondASCIIInAnyLocale() throws {
    let zip = ZipBuilder([.init("Läsion/ß.txt", "x").with { $0.flags = 0x800 }]).build()
    #expect(try unpack(zip).map(\.path) == ["Läsion/ß.txt"])
  }

  @Test func leavesOutWhatAMacAdds() throws {
    let zip = ZipBuilder([
      .init("__MACOSX/._a", "x"), .init(".DS_Store", "x"), .init("b/.DS_Store", "x"),
      .init("a", "1"),
    ]).build()
    #expect(try unpack(zip).map(\.path) == ["a"])
  }

  @Test func acceptsZip64AndDataDescriptorsAndComments() throws {
    let big = ZipBuilder.Entry("a", "hello").with {
      $0.size = .max
      $0.compressedSize = .max
      $0.localSize = .max
      $0.localCompressedSize = .max
      $0.extra = zip64Extra(5, 5)
      $0.localExtra = zip64Extra(5, 5)
    }
    let streamed = ZipBuilder.Entry("b", "hello").with {
      $0.flags = 8
      $0.localCRC = 0
      $0.localSize = 0
      $0.localCompressedSize = 0
      $0.after = [0x50, 0x4B, 7, 8, 0x86, 0xA6, 0x10, 0x36, 5, 0, 0, 0, 5, 0, 0, 0]
    }
    let zip = ZipBuilder([big, streamed]).with {
      $0.isZip64 = true
      $0.comment = Array("made by hand".utf8)
    }.build()
    #expect(try unpack(zip).map(\.size) == [5, 5])
  }

  @Test func unpacksOnlyWhatIsWanted() throws {
    let path = try folder.write(
      "a.zip", ZipBuilder([.init("fold_0/w", "0"), .init("fold_1/w", "1")]).build())
    let files = try Archive(path).unpack(into: folder.path) { $0.hasPrefix("fold_1") }
    #expect(files.map(\.path) == ["fold_1/w"])
    #expect(folder.files == ["a.zip", "fold_1/w"])
  }

  @Test func neverReplacesAFile() throws {
    let path = try folder.write("a.zip", ZipBuilder([.init("x", "new")]).build())
    try folder.write("x", [1])
    #expect(throws: NNXError.self) { try Archive(path).unpack(into: folder.path) }
    #expect(bytes(of: folder.path + "/x") == [1])
  }

  @Test func refusesEveryTruncation() throws {
    let zip = ZipBuilder([.init("a/b.txt", "hello"), .init("c", "hello", deflated: true)]).build()
    for length in 0..<zip.count {
      #expect(throws: NNXError.self, "first \(length) bytes") {
        try unpack(Array(zip.prefix(length)))
      }
    }
    #expect(folder.files.filter { $0 != "a.zip" } == [])
  }

  @Test func noBitFlipChangesWhatIsUnpacked() throws {
    let content = Array("hello".utf8)
    let zip = ZipBuilder([.init("a", content, deflated: true)]).build()
    for bit in 0..<(zip.count * 8) {
      var damaged = zip
      damaged[bit / 8] ^= 1 << (bit % 8)
      let target = try TemporaryFolder()
      let path = try target.write("z", damaged)
      guard let files = try? Archive(path).unpack(into: target.path) else { continue }
      for file in files { #expect(bytes(of: "\(target.path)/\(file.path)") == content) }
    }
  }
}

extension ZipBuilder.Entry {
  fileprivate init(_ name: String, _ text: String, deflated: Bool) {
    self.init(name, Array(text.utf8), deflated: deflated)
  }
}
