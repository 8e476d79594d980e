import NNXArchive
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct BlockDeflaterTests {
  /// One gzip file of parts of these lengths, one after the other.
  private func packed(_ bytes: [UInt8], _ lengths: [Int], threads: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    try packGzip(
      [], .runs(element: 1, row: 100), threads: Threads(threads),
      to: { (part) throws(NNXError) in result += part },
      { (sink) throws(NNXError) in
        var start = 0
        for length in lengths {
          try Array(bytes[start..<start + length]).withRawSpan(sink)
          start += length
        }
      })
    return result
  }

  /// Whole blocks, one byte more or less than a block, and parts that are copied before others that are not.
  @Test func `threads and parts do not change the bytes`() throws {
    let block = 1 << 20
    for count in [0, 1, block - 1, block, block + 1, 2 * block, 5 * block + 7] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 >> 9) }
      let expected = try packed(bytes, [count], threads: 1)
      #expect(gunzipped(expected) == bytes, "\(count) bytes")
      for threads in [1, 2, 3] {
        for head in Set([0, min(count, 352), count / 2, max(0, count - 1)]) {
          let found = try packed(bytes, [head, count - head], threads: threads)
          #expect(found == expected, "\(count) bytes, \(head) of them first, \(threads) threads")
        }
      }
    }
  }
}
