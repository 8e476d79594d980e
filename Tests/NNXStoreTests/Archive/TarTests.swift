import CArchive
import NNXArchive
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// Tar archives, plain and packed with gzip.
@Suite struct TarTests {
  private typealias Entry = TarBuilder.Entry

  private func unpacked(_ bytes: [UInt8], _ name: String = "m.tar") throws -> [String: [UInt8]] {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, bytes)
    let target = folder.path + "/out"
    try Folder.create(target)
    var contents: [String: [UInt8]] = [:]
    for file in try Archive(path).unpack(into: target) {
      contents[file.path] = try FileReader("\(target)/\(file.path)").bytes(at: 0, count: file.size)
      #expect(try Digest.ofFile("\(target)/\(file.path)", .sha256) == file.sha256)
    }
    return contents
  }

  @Test(arguments: [false, true]) func unpacksWhatTarWrites(isPacked: Bool) throws {
    let long = String(repeating: "a", count: 90) + "/" + String(repeating: "b", count: 90)
    let large = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let gnu: (inout Entry) -> Void = { $0.magic = Array("ustar  \u{0}".utf8) }
    let bytes = TarBuilder([
      Entry("./", type: "5"), Entry("./d", type: "5"), Entry("./d/one", [1, 2, 3]),
      Entry("empty"), Entry("large", large),
      Entry("././@LongLink", Array(long.utf8) + [0], type: "L").with(gnu),
      Entry(String(long.prefix(100)), [4]).with(gnu),
      Entry("b", [5]).with { $0.prefix = Array("p/q".utf8) },
      Entry.pax("path", "Größe/x"), Entry("short", [6]),
      Entry("pax_global_header", Array("20 comment=abcdefgh\n".utf8), type: "g"),
      Entry("__MACOSX/x", [7]), Entry("d/._one", [8]), Entry(".DS_Store", [9]),
      Entry("binary", [1]).with { $0.sizeField = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
    ]).build()
    let contents = try unpacked(isPacked ? gzipped(bytes) : bytes)
    #expect(
      contents == [
        "d/one": [1, 2, 3], "empty": [], "large": large, long: [4], "p/q/b": [5],
        "Größe/x": [6], "binary": [1],
      ])
  }

  static let hostile: [(String, TarBuilder)] = {
    let names = [
      "../evil", "a/../../evil", "/abs", "//abs", "..\\evil", "C:/evil", "a//b", "a/./b", "a\nb",
      "./../evil", "././a", "..", "./", "\u{1B}[31m", "a/b/c/d/e/f/g/h/i/j/k/l/m",
    ]
    var all = names.map { ("name \($0.debugDescription)", TarBuilder([Entry($0, [1])])) }
    all += ["1", "2", "3", "4", "6", "S", "D", "V", "Z"].map { type in
      (
        "type \(type)",
        TarBuilder([
          Entry("a", type: Character(type)).with { $0.link = "/etc/passwd" }, Entry("a/b", [1]),
        ])
      )
    }
    all += [
      ("no UTF-8", TarBuilder([Entry("a", [1]).with { $0.name = [0x61, 0xFF] }])),
      ("name of a folder", TarBuilder([Entry("a/", [1])])),
      ("folder with contents", TarBuilder([Entry("a", [1], type: "5")])),
      ("twice", TarBuilder([Entry("a", [1]), Entry("a", [2])])),
      ("case", TarBuilder([Entry("a", [1]), Entry("A", [2])])),
      ("file and folder", TarBuilder([Entry("a", [1]), Entry("a/b", [2])])),
      ("checksum", TarBuilder([Entry("a", [1]), Entry("b").with { $0.hasRightChecksum = false }])),
      ("no ustar", TarBuilder([Entry("a", [1]), Entry("b").with { $0.magic = [] }])),
      (
        "no octal",
        TarBuilder([Entry("a", [1]).with { $0.sizeField = Array("99999999999\u{0}".utf8) }])
      ),
      (
        "negative",
        TarBuilder([Entry("a", [1]).with { $0.sizeField = [UInt8](repeating: 0xFF, count: 12) }])
      ),
      (
        "2^95",
        TarBuilder([
          Entry("a", [1]).with { $0.sizeField = [0x80] + [UInt8](repeating: 0xFF, count: 11) }
        ])
      ),
      (
        "pax without end", TarBuilder([Entry("p", Array("99 path=a".utf8), type: "x"), Entry("a")])
      ),
      ("pax without number", TarBuilder([Entry("p", Array("path=a\n".utf8), type: "x")])),
      ("pax of 0", TarBuilder([Entry("p", Array("0 a=b\n".utf8), type: "x")])),
      ("pax path", TarBuilder([Entry.pax("path", "../evil"), Entry("a", [1])])),
      ("pax size", TarBuilder([Entry.pax("size", "-1"), Entry("a", [1])])),
      ("pax sparse", TarBuilder([Entry.pax("GNU.sparse.major", "1"), Entry("a", [1])])),
      ("long name", TarBuilder([Entry("L", Array("../evil".utf8), type: "L"), Entry("a", [1])])),
      ("huge note", TarBuilder([Entry("L", type: "L").with { $0.statedSize = 1 << 32 }])),
      ("11,000 entries", TarBuilder((0..<11_000).map { Entry("f\($0)") })),
    ]
    return all
  }()

  @Test(arguments: hostile.indices) func refusesHostileArchives(index: Int) throws {
    let (name, builder) = Self.hostile[index]
    for bytes in [builder.build(), gzipped(builder.build())] {
      let folder = try TemporaryFolder()
      let path = try folder.write("hostile.tar", bytes)
      let target = folder.path + "/staging/out"
      try Folder.create(target)
      let error = #expect(throws: NNXError.self) { try Archive(path).unpack(into: target) }
      #expect(error?.code == .unsafeArchive, "\(name): \(String(describing: error))")
      #expect(folder.files == ["hostile.tar"], "\(name)")
    }
  }

  @Test func refusesBytesBehindTheEnd() throws {
    let bytes = TarBuilder([Entry("a", [1])]).build() + [1]
    let error = try #require(throws: NNXError.self) { try unpacked(bytes) }
    #expect(error.code == .unsafeArchive)
  }

  @Test func refusesBombs() throws {
    let zeros = [UInt8](repeating: 0, count: 40 << 20)
    let bytes = gzipped(TarBuilder([Entry("a", zeros)]).build())
    #expect(try #require(throws: NNXError.self) { try unpacked(bytes) }.code == .unsafeArchive)
    // The size alone is enough: nothing of it is unpacked to find out.
    let stated = TarBuilder([Entry("a").with { $0.statedSize = 1 << 36 }]).build()
    #expect(try #require(throws: NNXError.self) { try unpacked(stated) }.code == .unsafeArchive)
  }

  @Test func refusesEveryTruncation() throws {
    let whole = TarBuilder([Entry("a", [1, 2, 3]), Entry("b", [UInt8](repeating: 7, count: 600))])
    let bytes = whole.build()
    // The zeros at the end may be fewer than tar writes, but not none.
    let end = bytes.count - 512 * whole.endBlocks
    for count in stride(from: 1, through: end, by: 13) {
      let error = try #require(throws: NNXError.self) { try unpacked(Array(bytes.prefix(count))) }
      #expect(["corrupt-archive", "not-a-zip"].contains(error.code.name), "\(count): \(error)")
    }
    let packed = gzipped(bytes)
    for count in 3..<packed.count - 1 {
      let error = try #require(throws: NNXError.self) { try unpacked(Array(packed.prefix(count))) }
      #expect(error.code == .corruptArchive, "\(count): \(error)")
    }
  }

  @Test func refusesDamageThatGzipTells() throws {
    var packed = gzipped(TarBuilder([Entry("a", [1, 2, 3])]).build())
    packed[packed.count - 5] ^= 1
    #expect(try #require(throws: NNXError.self) { try unpacked(packed) }.code == .corruptArchive)
    packed = gzipped([UInt8](repeating: 0x41, count: 2000))
    #expect(try #require(throws: NNXError.self) { try unpacked(packed) }.code == .notAZip)
  }

  /// A second opinion on what real models look like as tar archives.
  @Test func libarchiveReadsTheSame() throws {
    var random = RandomBytes(seed: 5)
    let entries = (0..<30).map { index in
      Entry("d\(index % 4)/f\(index)", random.next(Int(random.next(1)[0]) * 40))
    }
    let bytes = gzipped(TarBuilder(entries).build())
    let folder = try TemporaryFolder()
    let path = try folder.write("m.tar.gz", bytes)
    let archive = try #require(archive_read_new())
    defer { archive_read_free(archive) }
    archive_read_support_format_tar(archive)
    archive_read_support_filter_gzip(archive)
    try #require(archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK)
    var names: [String: Int] = [:]
    var entry: OpaquePointer?
    while archive_read_next_header(archive, &entry) == ARCHIVE_OK {
      names[String(cString: archive_entry_pathname(entry))] = Int(archive_entry_size(entry))
    }
    #expect(names == (try unpacked(bytes)).mapValues(\.count))
  }
}
