import TestSupport
import Testing

@testable import NNXSystem

@Suite struct DigestTests {
  /// FIPS 180-2, appendix B, and RFC 1321, appendix A.5.
  @Test(arguments: [
    (
      "", "d41d8cd98f00b204e9800998ecf8427e",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", "900150983cd24fb0d6963f7d28e17f72",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
  ])
  func digestsAreThoseOfTheStandards(text: String, md5: String, sha256: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", Array(text.utf8))
    for (algorithm, expected) in [(Digest.Algorithm.md5, md5), (.sha256, sha256)] {
      let digest = Digest(algorithm)
      digest.update(Array(text.utf8))
      #expect(digest.finish() == expected)
      #expect(try Digest.ofFile(file, algorithm) == expected)
    }
  }

  @Test func piecesGiveTheDigestOfTheWhole() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let (whole, pieces) = (Digest(.sha256), Digest(.sha256))
    whole.update(bytes)
    for start in stride(from: 0, to: bytes.count, by: 700_001) {
      Array(bytes[start..<min(start + 700_001, bytes.count)]).withRawSpan { pieces.update($0) }
    }
    let expected = whole.finish()
    #expect(pieces.finish() == expected)
    let folder = try TemporaryFolder()
    #expect(try Digest.ofFile(folder.write("file", bytes), .sha256) == expected)
  }

  @Test func aFileThatIsMissingIsSaid() {
    let error = #expect(throws: NNXError.self) { try Digest.ofFile("/no/file", .md5) }
    #expect(error?.code == .fileNotFound)
  }
}
