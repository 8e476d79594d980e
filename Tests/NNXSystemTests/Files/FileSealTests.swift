import TestSupport
import Testing

@testable import NNXSystem

@Suite struct FileSealTests {
  /// Values of the reference implementation (xxhsum -H64 0.8.1).
  @Test(
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func checksumsAreThoseOfXXH64(_ text: String, _ expected: UInt64) {
    let bytes = Array(text.utf8)
    for split in 0...bytes.count {
      var checksum = Checksum64()
      Array(bytes[..<split]).withRawSpan { checksum.update($0) }
      Array(bytes[split...]).withRawSpan { checksum.update($0) }
      #expect(checksum.value == expected)
    }
  }

  @Test func aSealHoldsForEveryByte() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a"
    let file = try AtomicFile(path, isSealed: true)
    try file.write("head, \(FileSeal.blank)\n")
    for number in 0..<500 { try file.write("\(number)\n") }
    try file.commit()
    #expect(FileSeal.isWhole(path) == true)
    let bytes = try folder.read(path)
    #expect(!String(decoding: bytes, as: UTF8.self).contains(FileSeal.blank))
    for place in bytes.indices {
      var edited = bytes
      edited[place] ^= 1
      try folder.write("a", edited)
      #expect(FileSeal.isWhole(path) != true, "byte \(place)")
    }
    try folder.write("a", Array("head".utf8))
    #expect(FileSeal.isWhole(path) == nil)
  }
}
