import NNXArchive
import NNXSystem
import TestSupport
import Testing

/// What is packed and unpacked through zlib, whole and in pieces.
@Suite struct InflaterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }

  /// Everything that a file unpacks to, read `count` bytes at a time.
  private func unpack(
    _ bytes: [UInt8], _ frame: Inflater.Frame = .gzip, from start: Int = 0, count: Int = 7777,
    ignoresRest: Bool = false
  ) throws -> [UInt8] {
    let file = try FileReader(folder.write("packed", bytes))
    let reader = try InflateReader(file, frame, from: start, ignoresRest: ignoresRest)
    var piece = [UInt8](repeating: 0, count: count)
    var content: [UInt8] = []
    while true {
      let got = try reader.read(count, into: &piece)
      content += piece[..<got]
      if got < count { return content }
    }
  }

  private func problem(_ bytes: [UInt8], _ frame: Inflater.Frame = .gzip) throws -> String {
    let error = try #require(throws: InflateReader.Problem.self) { try unpack(bytes, frame) }
    return String("\(error)".prefix { $0 != "(" })
  }

  @Test(arguments: [1000, 300_000, 1 << 20]) func unpacksGzipInPiecesOfAnySize(count: Int) throws {
    #expect(try unpack(gzipped(Self.content), count: count) == Self.content)
  }

  @Test func unpacksAllMembersOfAGzipFile() throws {
    let packed = gzipped(Self.content) + gzipped([]) + gzipped([1, 2, 3])
    #expect(try unpack([9, 9] + packed, from: 2) == Self.content + [1, 2, 3])
  }

  @Test func unpacksTheFrameOfZlib() throws {
    let sum = Self.content.withRawSpan { Checksum.adler32.updated(1, $0) }
    let end = (0..<4).reversed().map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
    let packed = [0x78, 0x01] + deflated(Self.content, .zlib(level: 6), isLast: true) + end
    #expect(try unpack(packed, .zlib) == Self.content)
    #expect(try problem(packed.dropLast() + [end[3] ^ 1], .zlib) == "isDamaged")
    #expect(try problem(packed + [0], .zlib) == "goesOn")
  }

  @Test func bytesBehindTheLastMemberAreRefusedOrIgnored() throws {
    let packed = gzipped([1, 2, 3]) + [0, 0]
    #expect(try problem(packed) == "goesOn")
    #expect(try unpack(packed, ignoresRest: true) == [1, 2, 3])
  }

  @Test func aFileThatIsCutShortIsNoticedAtEveryByte() throws {
    let packed = gzipped(Array("some text, some text".utf8))
    for count in 2..<packed.count {
      #expect(try problem(Array(packed.prefix(count))) == "endsEarly", "\(count) bytes")
    }
    for count in 0..<2 { #expect(try problem(Array(packed.prefix(count))) == "noGzip") }
  }

  @Test func aWrongChecksumIsDamage() throws {
    var packed = gzipped([1, 2, 3])
    packed[packed.count - 8] ^= 1
    #expect(try problem(packed) == "isDamaged")
  }

  /// Blocks that know nothing of each other are one stream.
  @Test(arguments: [1, 3, 9] as [Int32]) func blocksMakeOneStream(level: Int32) throws {
    let parts = [
      Self.content[..<100_000], Self.content[100_000..<100_001], Self.content[100_001...],
    ]
    let blocks = parts.enumerated().flatMap { index, part in
      deflated(Array(part), .zlib(level: level), isLast: index == parts.count - 1)
    }
    let frame: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var sum = Checksum.crc32.initial
    for part in parts {
      let own = Array(part).withRawSpan { Checksum.crc32.updated(Checksum.crc32.initial, $0) }
      sum = Checksum.crc32.combined(sum, own, count: part.count)
    }
    let end = [sum, UInt(Self.content.count)].flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    #expect(try unpack(frame + blocks + end) == Self.content)
  }

  /// RFC 1952 and 1950 name the algorithms; these are their check values.
  @Test func checksumsAreThoseOfTheStandards() {
    let digits = Array("123456789".utf8)
    let cases: [(Checksum, UInt)] = [(.crc32, 0xCBF4_3926), (.adler32, 0x091E_01DE)]
    for (kind, expected) in cases {
      #expect(digits.withRawSpan { kind.updated(kind.initial, $0) } == expected)
      let first = Array(digits[..<4]).withRawSpan { kind.updated(kind.initial, $0) }
      #expect(Array(digits[4...]).withRawSpan { kind.updated(first, $0) } == expected)
      #expect([].withRawSpan { kind.updated(first, $0) } == first)
    }
  }
}

/// One block of deflate.
func deflated(_ bytes: [UInt8], _ method: Deflate.Method, isLast: Bool) -> [UInt8] {
  bytes.withRawSpan { Deflate.block($0, method, isLast: isLast) }
}
