import Glibc
import NNXSystem
import TestSupport
import Testing

/// Files that are read piece by piece and mapped files are the same bytes.
@Suite struct RandomAccessTests {
  private let content = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 3) }

  private func sources() throws -> (TemporaryFolder, [any RandomAccess]) {
    let folder = try TemporaryFolder()
    let path = try folder.write("f", content)
    return (folder, [try FileReader(path), try MappedFile(path)])
  }

  @Test(arguments: [1, 7, 64, 5000]) func piecesMakeTheWhole(size: Int) throws {
    let (folder, sources) = try sources()
    defer { withExtendedLifetime(folder) {} }
    for source in sources {
      var bytes: [UInt8] = []
      let got = try source.forEachPiece(of: 10..<990, pieceSize: size) { (piece) throws(NNXError) in
        #expect(piece.byteCount <= size)
        bytes.append(piece)
      }
      #expect(got == 980)
      #expect(bytes == Array(content[10..<990]))
    }
  }

  @Test func readsFewerAtTheEndOnly() throws {
    let (folder, sources) = try sources()
    defer { withExtendedLifetime(folder) {} }
    for source in sources {
      var piece = [UInt8](repeating: 0, count: 100)
      #expect(try source.read(100, at: 900, into: &piece) == 100)
      #expect(piece == Array(content[900...]))
      #expect(try source.read(100, at: 990, into: &piece) == 10)
      #expect(try source.read(100, at: 1000, into: &piece) == 0)
      #expect(try source.read(100, at: 2000, into: &piece) == 0)
      let got = try source.forEachPiece(of: 995..<2000, pieceSize: 2) { _ in }
      #expect(got == 5)
      #expect(throws: NNXError.self) { try source.bytes(at: 990, count: 11) }
    }
  }

  /// Nobody writes into it: whoever waited for that would wait for ever.
  @Test func aPipeIsNoFile() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe.nii.gz", 0o600) == 0)
    let error = #expect(throws: NNXError.self) { try FileReader(folder.path + "/pipe.nii.gz") }
    #expect(error?.message.hasSuffix("is not a regular file") ?? false)
  }
}
