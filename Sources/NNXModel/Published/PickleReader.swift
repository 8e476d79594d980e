import NNXSystem

/// Steps through the instructions of a pickle and their operands, within the bytes that there are.
///
/// It gives no instruction a meaning: `PickleMachine` builds values from what it reads, `PickleScan`
/// only looks.
struct PickleReader {
  /// Bytes of the module and of the name of a global.
  static let longestName = 256

  let source: String
  /// Where the next instruction or operand is read.
  var position = 0
  /// Where the current instruction began.
  private(set) var opcodeOffset = 0

  /// - Parameters:
  ///   - source: what to call the pickle in errors.
  ///   - start: where the pickle begins.
  init(source: String, at start: Int = 0) {
    self.source = source
    position = start
    opcodeOffset = start
  }

  func failure(_ reason: String, at offset: Int? = nil) -> NNXError {
    NNXError(
      .invalidCheckpoint,
      "\(source) is not a valid checkpoint: \(reason) at byte \(offset ?? opcodeOffset)")
  }

  func truncated() -> NNXError { failure("the pickle ends early") }

  /// The next instruction.
  ///
  /// - Throws: `invalid-checkpoint`.
  mutating func next(_ bytes: RawSpan) throws(NNXError) -> PickleOpcode {
    opcodeOffset = try take(1, bytes)
    let byte = bytes.byte(at: opcodeOffset)
    guard let opcode = PickleOpcode(rawValue: byte) else {
      throw failure("unknown pickle instruction 0x\(String(byte, radix: 16))", at: opcodeOffset)
    }
    return opcode
  }

  /// Steps over `count` bytes and gives the offset of the first.
  mutating func take(_ count: Int, _ bytes: RawSpan) throws(NNXError) -> Int {
    guard count >= 0, count <= bytes.byteCount - position else { throw truncated() }
    defer { position += count }
    return position
  }

  mutating func length8(_ bytes: RawSpan) throws(NNXError) -> Int {
    Int(bytes.byte(at: try take(1, bytes)))
  }

  mutating func length32(_ bytes: RawSpan) throws(NNXError) -> Int {
    Int(bytes.littleEndian(UInt32.self, at: try take(4, bytes)))
  }

  mutating func length64(_ bytes: RawSpan) throws(NNXError) -> Int {
    guard let length = Int(exactly: bytes.littleEndian(UInt64.self, at: try take(8, bytes)))
    else { throw truncated() }
    return length
  }

  /// The text up to the next line feed, as GLOBAL has it.
  mutating func line(
    _ bytes: RawSpan, longest: Int = PickleReader.longestName
  ) throws(NNXError) -> String {
    let start = position
    while bytes.byte(at: try take(1, bytes)) != 0x0A {
      guard position - start <= longest else { throw failure("a name without end") }
    }
    guard let text = String(validating: bytes.copy(start..<position - 1), as: UTF8.self) else {
      throw failure("a name is not UTF-8")
    }
    return text
  }
}
