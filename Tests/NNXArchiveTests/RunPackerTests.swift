import NNXSystem
import TestSupport
import Testing

@testable import NNXArchive

/// What is packed by runs and rows is unpacked by zlib.
@Suite struct RunPackerTests {
  /// Blocks as one gzip file, unpacked; by runs alone, also those that are handed to zlib elsewhere.
  private func unpacked(_ blocks: [[UInt8]], _ method: Deflate.Method) -> [UInt8]? {
    guard case .runs(let element, let row) = method else { return nil }
    let packed = blocks.enumerated().flatMap { index, block in
      var packer = RunPacker(element: element, row: row)
      return block.withRawSpan { packer.block($0, isLast: index == blocks.count - 1) }
    }
    return gunzipped(framed(packed, blocks.flatMap(\.self)))
  }

  /// A gzip file.
  private func framed(_ packed: [UInt8], _ content: [UInt8]) -> [UInt8] {
    let sum = content.withRawSpan { Checksum.crc32.updated(Checksum.crc32.initial, $0) }
    let end = [sum, UInt(content.count)].flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + packed + end
  }

  private func check(_ bytes: [UInt8], _ method: Deflate.Method, _ what: String) {
    #expect(unpacked([bytes], method) == bytes, "\(what), \(method)")
    let middle = bytes.count / 3
    let blocks = [Array(bytes[..<middle]), Array(bytes[middle...]), []]
    #expect(unpacked(blocks, method) == bytes, "\(what), in blocks, \(method)")
  }

  private static let methods: [Deflate.Method] = [
    .runs(element: 1, row: 7), .runs(element: 2, row: 64), .runs(element: 1, row: 1),
    .runs(element: 1, row: 32768), .runs(element: 2, row: 32770),
  ]

  @Test func `runs of every length`() {
    for method in Self.methods {
      for length in Array(0...20) + Array(250...270) + Array(510...530) + [70_000] {
        check([UInt8](repeating: 0, count: length), method, "\(length) zeros")
        check([3] + [UInt8](repeating: 7, count: length) + [3], method, "\(length) between others")
      }
    }
  }

  /// More literals than share codes, of all values and of few.
  @Test(arguments: [2, 3, 255]) func `bytes without order`(largest: Int) {
    let bytes = randomValues(100_000, seed: 5).map { UInt8(Int(abs($0) * 1000) % largest) }
    for method in Self.methods { check(bytes, method, "values below \(largest)") }
  }

  /// Repeats of every length that are both near and far.
  @Test func `rows that follow each other`() {
    let width = 400
    let rows = (0..<300).map { row in
      (0..<width).map { UInt8($0 < row ? 1 : $0 < row + row / 3 ? 2 : 0) }
    }
    let bytes = rows.flatMap(\.self)
    check(bytes, .runs(element: 1, row: width), "a wedge")
    check(bytes.flatMap { [$0, 1] }, .runs(element: 2, row: 2 * width), "a wide wedge")
    let packed = deflated(bytes, .runs(element: 1, row: width), isLast: true).count
    #expect(packed < deflated(bytes, .zlib(level: 3), isLast: true).count, "larger than zlib's")
  }

  /// A chequer that is shifted from row to row repeats nowhere near; nor does an empty block.
  @Test func `what has neither runs nor rows is no larger than by zlib`() {
    let width = 100
    let chequer = (0..<90_000).map { UInt8(($0 / width + $0 % width) / 3 % 2) }
    for bytes in [chequer, [], [1, 2, 3]] {
      let packed = deflated(bytes, .runs(element: 1, row: width), isLast: true)
      #expect(packed.count <= deflated(bytes, .zlib(level: 3), isLast: true).count)
      let all = [bytes, bytes].enumerated().flatMap { index, block in
        deflated(block, .runs(element: 1, row: width), isLast: index == 1)
      }
      #expect(gunzipped(framed(all, bytes + bytes)) == bytes + bytes)
    }
  }

  /// Counts that double: without a limit the rarest symbols would have 29 bits.
  @Test(arguments: [7, 15]) func `codes keep to their limit and leave nothing over`(limit: Int) {
    let counts = (0..<30).map { 1 << $0 }
    let lengths = PrefixCode(counts: counts, limit: limit).lengths.map(Int.init)
    #expect(lengths.max() == limit)
    #expect(lengths.reduce(0) { $0 + (1 << (limit - $1)) } == 1 << limit, "\(lengths)")
    #expect(lengths == lengths.sorted(by: >))
  }

  /// The example of RFC 1951, 3.2.2: lengths 3, 3, 3, 3, 3, 2, 4, 4 have these codes.
  @Test func `codes are those of the standard`() {
    let code = PrefixCode(counts: [4, 4, 4, 4, 4, 9, 2, 2], limit: 15)
    #expect(code.lengths == [3, 3, 3, 3, 3, 2, 4, 4])
    #expect(code.bits == [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111])
  }

  @Test func `at least two symbols have a code`() {
    #expect(PrefixCode(counts: [0, 0, 0], limit: 15).lengths == [1, 1, 0])
    #expect(PrefixCode(counts: [0, 0, 5], limit: 15).lengths == [1, 0, 1])
    #expect(PrefixCode(counts: [5, 0, 0], limit: 15).lengths == [1, 1, 0])
  }
}
