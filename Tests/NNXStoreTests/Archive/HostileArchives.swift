import TestSupport
import Testing

/// Archives that must be refused, each with the code of the refusal.
///
/// The kinds are those that have hurt other unpackers: escapes, links, devices, bombs, lies between
/// the two headers, ambiguous ends.
struct HostileArchive: CustomTestStringConvertible, Sendable {
  var name: String
  var code: String
  var bytes: [UInt8]

  var testDescription: String { name }

  init(_ name: String, code: String = "unsafe-archive", zip: ZipBuilder) {
    self.name = name
    self.code = code
    bytes = zip.build()
  }

  init(_ name: String, code: String = "unsafe-archive", _ entries: ZipBuilder.Entry...) {
    self.init(name, code: code, zip: ZipBuilder(entries))
  }

  static var all: [HostileArchive] { names + types + lies + bombs + ends }

  /// Names that would leave the folder, or that tools read differently.
  static var names: [HostileArchive] {
    let bad = [
      "../evil", "..", "a/../../evil", "a/..", "/abs/evil", "//abs", "..\\evil", "a\\..\\b",
      "C:/evil", "c:evil", "a//b", "./a", "a/./b", "a\nb", "a\u{7F}", "\u{1B}[31m", "/",
      "a/b/c/d/e/f/g/h/i/j/k/l/m", String(repeating: "x", count: 256),
      String(repeating: "y/", count: 130) + "z", "a/../b", ".../../..", "..//", "../",
      "\\\\server\\share", "a\u{0}b", "a/ \u{0}/../b",
    ]
    var archives = bad.map { HostileArchive("name \($0.debugDescription)", .init($0, "x")) }
    archives += bad.prefix(8).map {
      let entry = ZipBuilder.Entry("good.txt", "x")
      let name = Array($0.utf8)
      return HostileArchive("local name \($0)", entry.with { $0.localName = name })
    }
    archives.append(.init("empty name", .init("", "x")))
    archives.append(.init("not UTF-8", .init("a", "x").with { $0.name = [0x61, 0xFF, 0xFE] }))
    archives.append(
      .init("overlong UTF-8", .init("a", "x").with { $0.name = [0xC0, 0xAE, 0xC0, 0xAE] }))
    let twins = [
      ("plans.json", "plans.json"), ("Model/a", "model/A"), ("\u{E9}", "e\u{301}"),
      ("a", "a/b"), ("A", "a/b"), ("a/", "a"), ("fold_0/x", "FOLD_0/X"), ("ß/x", "ß/x"),
    ]
    archives += twins.map {
      .init("twins \($0.0) \($0.1)", .init($0.0, $0.0.hasSuffix("/") ? "" : "A"), .init($0.1, "B"))
    }
    archives.append(
      .init(
        "second Unicode name",
        .init("a", "x").with {
          $0.extra = [0x75, 0x70, 7, 0, 1, 0, 0, 0, 0, 0x2E, 0x2E]
        }))
    return archives
  }

  /// Entries that are neither plain files nor folders.
  static var types: [HostileArchive] {
    let modes: [(String, UInt16)] = [
      ("symbolic link", 0o120777), ("fifo", 0o010644), ("character device", 0o020644),
      ("block device", 0o060644), ("socket", 0o140644), ("whiteout", 0o160000),
      ("folder without a slash", 0o040755),
    ]
    var archives = modes.flatMap { name, mode in
      [UInt8(3), 19].map { host in
        HostileArchive(
          "\(name) by \(host)",
          .init("lnk", "/etc/passwd").with {
            $0.mode = mode
            $0.madeBy = host
          })
      }
    }
    archives.append(
      .init(
        "link and a file through it", .init("lnk", "/tmp").with { $0.mode = 0o120777 },
        .init("lnk/evil", "x")))
    archives.append(.init("folder with contents", .init("a/", "x")))
    archives.append(.init("file with a slash", .init("a/", "").with { $0.mode = 0o100644 }))
    for bit in [0, 5, 6, 13] as [UInt16] {
      archives.append(.init("flag bit \(bit)", .init("a", "x").with { $0.flags = 1 << bit }))
    }
    for method in [1, 6, 9, 12, 14, 93, 95, 98, 99] as [UInt16] {
      archives.append(.init("method \(method)", .init("a", "x").with { $0.method = method }))
    }
    return archives
  }

  /// Headers that contradict each other or the data.
  static var lies: [HostileArchive] {
    let hello = ZipBuilder.Entry("ckpt.bin", "hello world")
    let packed = ZipBuilder.Entry("ckpt.bin", [UInt8](repeating: 7, count: 5000), deflated: true)
    var archives: [HostileArchive] = [
      .init("wrong checksum in both", code: "corrupt-archive", hello.with { $0.crc = 1 }),
      .init(
        "wrong checksum of a deflated entry", code: "corrupt-archive", packed.with { $0.crc = 1 }),
      .init("wrong local checksum", hello.with { $0.localCRC = 1 }),
      .init("local size", hello.with { $0.localSize = 10 }),
      .init(
        "central size",
        hello.with {
          $0.size = 1_000_000
          $0.localSize = 11
        }),
      .init("local packed size", hello.with { $0.localCompressedSize = 3 }),
      .init(
        "central packed size",
        hello.with {
          $0.compressedSize = 3
          $0.localCompressedSize = 11
        }),
      .init("stored with two sizes", hello.with { $0.size = 10 }),
      .init("local method", packed.with { $0.localMethod = 0 }),
      .init(
        "deflated called stored", code: "corrupt-archive",
        packed.with {
          $0.method = 0
          $0.size = $0.compressedSize ?? UInt32(deflated($0.data).count)
        }),
      .init("stored called deflated", code: "corrupt-archive", hello.with { $0.method = 8 }),
      .init("one byte more than stated", code: "corrupt-archive", packed.with { $0.size = 4999 }),
      .init("one byte less than stated", code: "corrupt-archive", packed.with { $0.size = 5001 }),
      .init(
        "packed data reach beyond the file",
        hello.with {
          $0.size = 1 << 20
          $0.compressedSize = 1 << 20
        }),
      .init("offset outside", hello.with { $0.offset = 1 << 30 }),
      .init("offset into the data", hello.with { $0.offset = 7 }),
      .init("ZIP64 sizes missing", hello.with { $0.size = .max }),
      .init(
        "ZIP64 sizes twice",
        hello.with {
          $0.size = .max
          $0.extra = zip64Extra(11) + zip64Extra(12)
        }),
      .init(
        "ZIP64 size negative",
        hello.with {
          $0.size = .max
          $0.extra = zip64Extra(.max)
        }),
      .init(
        "ZIP64 size huge",
        hello.with {
          $0.size = .max
          $0.compressedSize = .max
          $0.extra = zip64Extra(1 << 61, 1 << 61)
        }),
      .init(
        "ZIP64 offset huge",
        hello.with {
          $0.offset = .max
          $0.extra = zip64Extra(1 << 61)
        }),
      .init("extra field too long", hello.with { $0.extra = [1, 0, 255, 255, 0] }),
      .init("local extra field too long", hello.with { $0.localExtra = [1, 0, 255, 255, 0] }),
      .init("another disk", hello.with { $0.disk = 1 }),
    ]
    archives.append(
      .init(
        "same bytes twice", hello,
        .init("b", "hello world").with {
          $0.offset = 0
          $0.localName = Array("ckpt.bin".utf8)
        }))
    return archives
  }

  /// Small files that would fill a disk.
  static var bombs: [HostileArchive] {
    let zeros = [UInt8](repeating: 0, count: 30 << 20)
    let bomb = ZipBuilder.Entry("bomb.bin", zeros, deflated: true)
    let kernel = ZipBuilder.Entry("kernel", [UInt8](repeating: 0, count: 1 << 20), deflated: true)
    let length = UInt32(deflated(kernel.data).count)
    return [
      .init("deflate bomb", bomb),
      .init("bomb that states ten bytes", code: "corrupt-archive", bomb.with { $0.size = 10 }),
      .init("bomb that states nothing", code: "corrupt-archive", bomb.with { $0.size = 0 }),
      .init(
        "stated ratio",
        .init("a", "xxxxxxxxxx").with {
          $0.method = 8
          $0.size = 1 << 30
        }),
      .init(
        "overlapping kernel",
        zip: ZipBuilder(
          [kernel]
            + (0..<200).map { index in
              ZipBuilder.Entry("f\(index)", []).with {
                $0.method = 8
                $0.offset = 0
                $0.size = 1 << 20
                $0.compressedSize = length
                $0.crc = checksum(kernel.data)
              }
            })),
      .init(
        "quine-like nest",
        zip: ZipBuilder(
          (0..<40).map { index in
            ZipBuilder.Entry("layer\(index)", [UInt8](repeating: 0, count: 1 << 20), deflated: true)
          })),
      .init("too many entries", zip: ZipBuilder((0...10_000).map { .init("f\($0)") })),
    ]
  }

  /// Ends that two tools would read differently, or not at all.
  static var ends: [HostileArchive] {
    let one = ZipBuilder([.init("a", "x")])
    let inner = one.build()
    return [
      .init("no entries stated", zip: one.with { $0.entryCount = 0 }),
      .init("more entries stated", zip: one.with { $0.entryCount = 2 }),
      .init("directory elsewhere", zip: one.with { $0.directoryOffset = 1 }),
      .init("directory too long", zip: one.with { $0.directorySize = 5000 }),
      .init("directory too short", zip: one.with { $0.directorySize = 10 }),
      .init("bytes before the directory's end", zip: one.with { $0.gap = [1, 2, 3] }),
      .init(
        "shifted by a prefix",
        zip: one.with {
          $0.prefix = Array("MZ".utf8)
          $0.directoryOffset = 32
        }),
      .init("bytes after the end", code: "not-a-zip", zip: one.with { $0.suffix = [0] }),
      .init("split archive", zip: one.with { $0.diskNumber = 1 }),
      .init("ZIP64 marks without a locator", zip: one.with { $0.directoryOffset = .max }),
      .init(
        "ZIP64 count differs",
        zip: one.with {
          $0.isZip64 = true
          $0.zip64Count = 3
        }),
      .init(
        "ZIP64 count huge",
        zip: one.with {
          $0.isZip64 = true
          $0.entryCount = .max
          $0.zip64Count = 1 << 40
        }),
      .init("an archive in the comment", zip: one.with { $0.comment = inner }),
      .init(
        "empty file", code: "not-a-zip", zip: ZipBuilder([]).with { $0.comment = [] }, dropping: 22),
    ]
  }

  private init(_ name: String, code: String, zip: ZipBuilder, dropping count: Int) {
    self.init(name, code: code, zip: zip)
    bytes.removeLast(count)
  }
}
