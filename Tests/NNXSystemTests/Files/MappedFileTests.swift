import NNXSystem
import TestSupport
import Testing

@Suite struct MappedFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let content = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  @Test func itsBytesAreThoseOfTheFile() throws {
    let file = try MappedFile(try folder.write("file", Self.content))
    #expect(file.count == 20_000)
    let bytes = file.withBytes { $0.copy(0..<$0.byteCount) }
    #expect(bytes == Self.content)
    // What is given back is read again.
    file.release(0..<20_000)
    file.release(4_000..<4_100)
    #expect(file.withBytes { $0.byte(at: 19_999) } == Self.content[19_999])
  }

  @Test func aFileWithoutBytesIsNoError() throws {
    let file = try MappedFile(try folder.write("empty", []))
    #expect(file.count == 0)
    #expect(file.withBytes { $0.byteCount } == 0)
    try file.checkUnchanged()
  }

  @Test func numbersAreReadWhereTheyLie() throws {
    let numbers: [UInt32] = [7, 1 << 31, 0, 0x0102_0304]
    let bytes = numbers.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    let file = try MappedFile(try folder.write("file", bytes))
    let found = file.withValues(UInt32.self, in: 4..<16) { span in span.indices.map { span[$0] } }
    #expect(found == Array(numbers[1...]))
    let number = file.withBytes { $0.littleEndian(UInt32.self, at: 12) }
    #expect(number == 0x0102_0304)
  }

  @Test(arguments: [0, 19_999])
  func aFileThatIsCutMeanwhileIsFoundOut(size: Int) throws {
    let file = try MappedFile(try folder.write("file", Self.content))
    try file.checkUnchanged()
    try folder.truncate("file", to: UInt64(size))
    let error = #expect(throws: NNXError.self) { try file.checkUnchanged() }
    #expect(error?.code == .unreadable)
  }

  @Test func aFileThatIsReplacedIsStillTheOldOne() throws {
    let path = try folder.write("file", Self.content)
    let file = try MappedFile(path)
    try AtomicFile.write([1, 2, 3], to: path)
    try file.checkUnchanged()
    #expect(file.withBytes { $0.copy(0..<4) } == Array(Self.content[..<4]))
  }

  @Test func whatIsNoFileIsSaid() throws {
    let missing = #expect(throws: NNXError.self) { try MappedFile(folder.path + "/no") }
    #expect(missing?.code == .fileNotFound)
    let other = #expect(throws: NNXError.self) { try MappedFile(folder.path) }
    #expect(other?.code == .unreadable)
    #expect(other?.message == "\(folder.path) is not a regular file")
  }

  @Test func aFileOfMemoryIsReadLikeOthers() throws {
    let file = try Self.content.withUnsafeBytes { (bytes) throws(NNXError) in
      try FileReader(inMemory: "a name", bytes)
    }
    #expect(file.count == 20_000)
    #expect(try file.bytes(at: 19_990, count: 10) == Array(Self.content[19_990...]))
    let error = #expect(throws: NNXError.self) { try file.bytes(at: 19_991, count: 10) }
    #expect(error?.message == "a name ends early: 10 bytes wanted at offset 19991")
    var pieces: [Int] = []
    try file.forEachPiece(pieceSize: 9_000, from: 1_000) { pieces.append($0.byteCount) }
    #expect(pieces == [9_000, 9_000, 1_000])
  }
}
