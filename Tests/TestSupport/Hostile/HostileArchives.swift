/// Archives that must be refused, each with the code of the refusal.
///
/// The kinds are those that have hurt other unpackers: escapes, links, devices, bombs, lies between
/// the two headers, ambiguous ends.
package struct HostileArchive: CustomStringConvertible, Sendable {
  package var name: String
  package var code: String
  package var bytes: [UInt8]
  /// What it was built of; empty for files that are no archives.
  package var entries: [ZipBuilder.Entry] = []

  package var description: String { name }

  private init(_ name: String, code: String = "unsafe-archive", zip: ZipBuilder) {
    self.name = name
    self.code = code
    bytes = zip.build()
    entries = zip.entries
  }

  private init(_ name: String, code: String = "unsafe-archive", _ entries: ZipBuilder.Entry...) {
    self.init(name, code: code, zip: ZipBuilder(entries))
  }

  package static let families: [(name: String, archives: [HostileArchive])] = [
    ("names", names), ("encodings", encodings), ("twins", twins), ("types", types), ("lies", lies),
    ("headers", headers), ("ZIP64", zip64), ("bombs", bombs), ("overlaps", overlaps),
    ("ends", ends), ("other files", otherFiles),
  ]

  package static var all: [HostileArchive] { families.flatMap(\.archives) }

  /// Names that would leave the folder, or that tools read differently.
  private static var names: [HostileArchive] {
    let bad = [
      "../evil", "..", "a/../../evil", "a/..", "/abs/evil", "//abs", "..\\evil", "a\\..\\b",
      "C:/evil", "c:evil", "a//b", "./a", "a/./b", "a\nb", "a\u{7F}", "\u{1B}[31m", "/",
      "a/b/c/d/e/f/g/h/i/j/k/l/m", String(repeating: "x", count: 256),
      String(repeating: "y/", count: 130) + "z", "a/../b", ".../../..", "..//", "../",
      "\\\\server\\share", "a\u{0}b", "a/ \u{0}/../b", "../../../../../../etc/cron.d/evil",
      "a/b/../../../evil", "./../evil", "a/./../../evil", "../..", "a/../", "./", ".", "a/.",
      "a/./",
      "/..", "\\..\\evil", "\\\\?\\C:\\evil", "c:\\evil", "z:", "file:///etc/passwd", "a\r",
      "a\tb", "a\u{8}\u{8}b", "\u{1B}]0;title\u{7}", "\u{1}", "/proc/self/mem", "/dev/sda",
      "a///b", "a/b/", "//?/a", "a\\", "..\\..\\..\\evil", "1/2/3/4/5/6/7/8/9/10/11/12/13/14",
      String(repeating: "../", count: 80) + "evil", String(repeating: "x", count: 5000),
      String(repeating: "x", count: 65535), "a/" + String(repeating: "z", count: 254),
    ].filter { $0 != "a/b/" }
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
    archives.append(
      .init(
        "second Unicode name",
        .init("a", "x").with {
          $0.extra = [0x75, 0x70, 7, 0, 1, 0, 0, 0, 0, 0x2E, 0x2E]
        }))
    return archives
  }

  /// Entries that are neither plain files nor folders.
  private static var types: [HostileArchive] {
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
  private static var lies: [HostileArchive] {
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
  private static var bombs: [HostileArchive] {
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
  private static var ends: [HostileArchive] {
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

  /// Names whose bytes are not UTF-8, or not the only way to write them.
  private static var encodings: [HostileArchive] {
    let names: [(String, [UInt8])] = [
      ("code page 437", [0x47, 0x72, 0x94, 0xE1, 0x65]), ("Latin-1", [0x47, 0xF6]),
      ("Shift JIS", [0x83, 0x82, 0x83, 0x66]), ("lone surrogate", [0xED, 0xA0, 0x80]),
      ("overlong slash", [0x2E, 0x2E, 0xC0, 0xAF, 0x78]),
      ("overlong dot in three bytes", [0xE0, 0x80, 0xAE, 0xE0, 0x80, 0xAE, 0x2F]),
      ("cut in the middle", [0x61, 0xE2, 0x82]), ("beyond Unicode", [0xF4, 0x90, 0x80, 0x80]),
      ("NUL in two bytes", [0x61, 0xC0, 0x80, 0x62]), ("byte order mark of UTF-16", [0xFF, 0xFE]),
      ("UTF-16", [0x61, 0, 0x62, 0]), ("continuation first", [0x80, 0x61]),
      ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
    ]
    return names.map { name, bytes in
      HostileArchive("name in \(name)", .init("a", "x").with { $0.name = bytes })
    }
  }

  /// Two entries that are one file to some file system.
  private static var twins: [HostileArchive] {
    let twins = [
      ("plans.json", "plans.json"), ("Model/a", "model/A"), ("\u{E9}", "e\u{301}"),
      ("a", "a/b"), ("A", "a/b"), ("a/", "a"), ("fold_0/x", "FOLD_0/X"), ("ß/x", "ß/x"),
      ("plans.json", "PLANS.JSON"), ("\u{212B}", "\u{C5}"), ("\u{212A}", "k"), ("Σ", "σ"),
      ("a/b", "a/b/c"), ("a/B", "a/b/c"), ("a/b/", "a/B"), ("\u{1E69}", "s\u{307}\u{323}"),
      ("x/y/z", "X/Y/Z"), ("dataset.json", "Dataset.json"),
    ]
    return twins.map {
      .init("twins \($0.0) \($0.1)", .init($0.0, $0.0.hasSuffix("/") ? "" : "A"), .init($0.1, "B"))
    } + [
      .init("three of one name", .init("a", "1"), .init("b", "2"), .init("a", "3")),
      .init(
        "one name stored and deflated", .init("a", "xxxxxxxx"),
        .init("a", Array("xxxxxxxx".utf8), deflated: true)),
    ]
  }

  /// One field of the local header against the directory's.
  private static var headers: [HostileArchive] {
    let hello = ZipBuilder.Entry("ckpt.bin", "hello world")
    let packed = ZipBuilder.Entry("ckpt.bin", [UInt8](repeating: 7, count: 5000), deflated: true)
    let names = ["ckpt.bi", "ckpt.bin2", "CKPT.BIN", "ckpt.bin\u{0}", "", "ckpt_bin", "/ckpt.bin"]
    var archives = names.map { name in
      HostileArchive("local name '\(name)'", hello.with { $0.localName = Array(name.utf8) })
    }
    for bit in [0, 5, 6, 13] as [UInt16] {
      archives.append(.init("local flag bit \(bit)", hello.with { $0.localFlags = 1 << bit }))
    }
    let sizes: [UInt32] = [0, 1, 12, .max]
    for size in sizes {
      archives.append(.init("local size \(size)", hello.with { $0.localSize = size }))
      archives.append(
        .init("local packed size \(size)", packed.with { $0.localCompressedSize = size }))
    }
    for (name, change) in [
      ("checksum", { $0.localCRC = 7 }), ("size", { $0.localSize = 7 }),
      ("packed size", { $0.localCompressedSize = 7 }),
    ] as [(String, (inout ZipBuilder.Entry) -> Void)] {
      archives.append(
        .init(
          "another \(name) although a descriptor follows",
          hello.with {
            $0.flags = 8
            change(&$0)
          }))
    }
    for method in [1, 8, 12, 99] as [UInt16] {
      archives.append(.init("local method \(method)", hello.with { $0.localMethod = method }))
    }
    archives.append(
      .init(
        "local header damaged",
        hello.with { $0.offset = 1 }))
    return archives
  }

  /// 64-bit fields that are missing, twice there, or beyond reason.
  private static var zip64: [HostileArchive] {
    let hello = ZipBuilder.Entry("ckpt.bin", "hello world")
    let one = ZipBuilder([.init("a", "x")])
    func entry(
      _ name: String, _ change: (inout ZipBuilder.Entry) -> Void
    ) -> HostileArchive { .init("ZIP64 \(name)", hello.with(change)) }
    func end(_ name: String, _ change: (inout ZipBuilder) -> Void) -> HostileArchive {
      .init(
        "ZIP64 \(name)",
        zip: one.with {
          $0.isZip64 = true
          change(&$0)
        })
    }
    return [
      entry("packed size missing") { $0.compressedSize = .max },
      entry("offset missing") { $0.offset = .max },
      entry("field of four bytes") {
        $0.size = .max
        $0.extra = [1, 0, 4, 0, 11, 0, 0, 0]
      },
      entry("field empty") {
        $0.size = .max
        $0.extra = [1, 0, 0, 0]
      },
      entry("second size missing") {
        $0.size = .max
        $0.compressedSize = .max
        $0.extra = zip64Extra(11)
      },
      entry("size differs locally") {
        $0.localSize = .max
        $0.localExtra = zip64Extra(12)
      },
      entry("size missing locally") { $0.localSize = .max },
      entry("sizes twice locally") {
        $0.localSize = .max
        $0.localExtra = zip64Extra(11) + zip64Extra(11)
      },
      entry("offset to itself") {
        $0.offset = .max
        $0.extra = zip64Extra(60)
      },
      entry("size just beyond 2^62") {
        $0.size = .max
        $0.extra = zip64Extra(1 << 62)
      },
      entry("size of an exabyte, honestly packed") {
        $0.method = 8
        $0.size = .max
        $0.extra = zip64Extra(1 << 60)
      },
      end("directory size differs") { $0.zip64DirectorySize = 5 },
      end("directory offset differs") { $0.zip64DirectoryOffset = 5 },
      end("directory size huge") {
        $0.directorySize = .max
        $0.zip64DirectorySize = 1 << 61
      },
      end("directory offset huge") {
        $0.directoryOffset = .max
        $0.zip64DirectoryOffset = 1 << 61
      },
      end("directory offset negative") {
        $0.directoryOffset = .max
        $0.zip64DirectoryOffset = .max
      },
      end("record longer than it is") { $0.zip64RecordLength = 45 },
      end("record of a huge length") { $0.zip64RecordLength = 1 << 61 },
      end("record of no length") { $0.zip64RecordLength = 0 },
      end("locator leads to the start") { $0.zip64LocatorOffset = 0 },
      end("locator leads outside") { $0.zip64LocatorOffset = 1 << 40 },
      end("locator leads to itself") { $0.zip64LocatorOffset = 134 },
      end("locator negative") { $0.zip64LocatorOffset = .max },
      end("count of no entries") {
        $0.entryCount = .max
        $0.zip64Count = 0
      },
    ]
  }

  /// Entries that share bytes, so that one small piece counts many times.
  private static var overlaps: [HostileArchive] {
    let data = [UInt8](repeating: 0, count: 4096)
    var archives = [3, 20, 100].map { count in
      HostileArchive("\(count) entries that quote each other", zip: quoting(count))
    }
    let first = ZipBuilder.Entry("first", data)
    let hidden = ZipBuilder([.init("second", "y")]).build().prefix(37)
    archives.append(
      .init(
        "an entry inside of another",
        .init("first", Array(hidden) + data), .init("second", "y").with { $0.offset = 35 }))
    archives.append(
      .init(
        "an entry that reaches into the next",
        first.with {
          $0.compressedSize = 4200
          $0.size = 4200
          $0.localCompressedSize = 4200
          $0.localSize = 4200
        }, .init("second", data)))
    archives.append(
      .init(
        "the last entry reaches into the directory",
        first.with {
          $0.size = 4100
          $0.compressedSize = 4100
          $0.localSize = 4100
          $0.localCompressedSize = 4100
        }))
    archives.append(
      .init(
        "two entries of one header", first,
        .init("first2", data).with {
          $0.offset = 0
          $0.localName = Array("first".utf8)
        }))
    archives.append(
      .init(
        "the same entry twice in the directory", first, first.with { $0.offset = 0 }))
    return archives
  }

  /// A bomb after D. Fifield ("A better zip bomb", 2019): every entry's deflate stream quotes the local
  /// headers behind it as stored blocks and ends in one kernel that all share.
  private static func quoting(_ count: Int) -> ZipBuilder {
    var contents = [UInt8](repeating: 0, count: 1 << 18)
    var data = deflated(contents)
    var entries: [ZipBuilder.Entry] = []
    for index in (0..<count).reversed() {
      if let next = entries.first?.localHeader {
        // A stored block that is not the last.
        let length = UInt16(next.count)
        let block = [0, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255)]
        data = block + [UInt8(~length >> 8)] + next + data
        contents = next + contents
      }
      entries.insert(
        .init("f\(index)").with {
          $0.method = 8
          $0.size = UInt32(contents.count)
          $0.compressedSize = UInt32(data.count)
          $0.crc = checksum(contents)
        }, at: 0)
    }
    let bytes = entries[0].localHeader + data
    var offset = 0
    for index in entries.indices {
      entries[index].offset = UInt32(offset)
      offset += entries[index].localHeader.count + 5
    }
    return ZipBuilder(entries).with { $0.laidOut = bytes }
  }

  /// Files that only look like archives, or are others.
  private static var otherFiles: [HostileArchive] {
    let one = ZipBuilder([.init("a", "x")]).build()
    var tar = [UInt8](repeating: 0, count: 1024)
    tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
    let files: [(String, [UInt8])] = [
      ("web page", Array("<!DOCTYPE html><html>captive portal</html>".utf8)),
      ("7z", Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C, 0, 4] + one.dropLast(22)),
      ("RAR", Array("Rar!".utf8) + [0x1A, 7, 1, 0]), ("PK alone", Array("PK".utf8)),
      ("local header alone", Array(one.prefix(31))), ("without its end", Array(one.dropLast(22))),
      ("cut by one byte", Array(one.dropLast())), ("cut in half", Array(one.prefix(one.count / 2))),
      ("end record that is cut", Array(one.dropLast(10))),
      ("zeros", Array(repeating: 0, count: 70_000)),
      ("end marks only", (0..<5000).flatMap { _ in [0x50, 0x4B, 5, 6] as [UInt8] }),
      ("an archive and a long tail", one + Array(repeating: 0, count: 70_000)),
    ]
    return files.map { HostileArchive($0.0, code: "not-a-zip", bytes: $0.1) } + [
      .init("tar without a checksum", code: "unsafe-archive", bytes: tar),
      .init(
        "gzip of nothing", code: "corrupt-archive",
        bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      .init("two archives in a row", code: "unsafe-archive", bytes: one + one),
      .init("an archive behind a program", code: "unsafe-archive", bytes: Array("MZ".utf8) + one),
      .init(
        "an archive behind 70,000 bytes", code: "unsafe-archive",
        bytes: Array(repeating: 0x20, count: 70_000) + one),
    ]
  }

  private init(_ name: String, code: String, bytes: [UInt8]) {
    self.name = name
    self.code = code
    self.bytes = bytes
  }
}
