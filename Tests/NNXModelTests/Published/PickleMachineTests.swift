import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct PickleMachineTests {
  private func root(_ tree: PickleTree) throws -> PickleValue {
    try Pickle(parsing: tree.pickled, source: "test").root
  }

  @Test func readsPlainValues() throws {
    let value = try root(
      .dictionary([
        (.text("none"), .null), (.text("yes"), .bool(true)), (.text("small"), .int(7)),
        (.text("negative"), .int(-70_000)), (.text("large"), .int(1 << 40)),
        (.text("half"), .float(0.5)), (.text("name"), .text("Größe")),
        (.text("list"), .list([.int(1), .int(2)])), (.int(3), .tuple([.float(1.5), .int(2)])),
      ]))
    #expect(value["none"]?.isNone == true)
    #expect(value["yes"]?.bool == true)
    #expect(value["small"]?.int == 7)
    #expect(value["negative"]?.int == -70_000)
    #expect(value["large"]?.int == 1 << 40)
    #expect(value["half"]?.double == 0.5)
    #expect(value["half"]?.int == nil)
    #expect(value["name"]?.text == "Größe")
    #expect(value["list"]?.ints == [1, 2])
    #expect(value[3]?.doubles == [1.5, 2])
    #expect(value["absent"] == nil)
  }

  @Test(
    arguments: [
      ([0x8A, 0x00], 0), ([0x8A, 0x01, 0xFF], -1), ([0x8A, 0x02, 0xFF, 0x00], 255),
      ([0x8A, 0x09, 0, 0, 0, 0, 0, 0, 0, 0x80, 0xFF], Int.min),
      ([0x8A, 0x09, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00], Int.max),
      ([0x8A, 0x09, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00], nil),
      ([0x8A, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x40], nil),
      ([0x8A, 0x09, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF], nil),
    ] as [([UInt8], Int?)])
  func readsLongIntegers(instructions: [UInt8], value: Int?) throws {
    #expect(try root(.raw(instructions)).int == value)
  }

  @Test func keepsTheOrderOfKeys() throws {
    let names = ["z", "a", "m"]
    let value = try root(.dictionary(names.map { (.text($0), .null) }))
    #expect(value.pairs?.map { $0.key.text } == names)
  }

  @Test func readsOrderedDictionariesOfPairs() throws {
    let value = try root(
      .call(
        "collections", "OrderedDict",
        [.list([.list([.text("a"), .int(1)]), .tuple([.text("b"), .int(2)])])]))
    #expect(value["a"]?.int == 1)
    #expect(value["b"]?.int == 2)
  }

  @Test func readsBytesOfProtocol2() throws {
    let value = try root(.call("_codecs", "encode", [.text("a\u{FF}"), .text("latin1")]))
    #expect(value.bytes.map { Array($0) } == [0x61, 0xFF])
  }

  @Test(arguments: HostilePickles.mentions.keys.sorted()) func refusesNames(name: String) throws {
    let bytes = try #require(HostilePickles.mentions[name])
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "x.pth") }
    #expect(error.code == .unsafePickle)
    #expect(error.code.status == .data)
    #expect(error.message.hasPrefix("x.pth asks for "), "\(error.message)")
    #expect(error.message.hasSuffix("; refused"))
  }

  @Test(arguments: HostilePickles.instructions.keys.sorted())
  func refusesInstructions(name: String) throws {
    let bytes = try #require(HostilePickles.instructions[name])
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "x.pth") }
    guard bytes.first == 0x80 else {
      #expect(error.code == .invalidCheckpoint)
      return
    }
    let opcode = name.split(separator: " ")[0]
    // Only what calls something is said to be dangerous.
    let calls = ["INST", "OBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"].contains(opcode)
    #expect(error.code == (calls ? .unsafePickle : .invalidCheckpoint), "\(error.message)")
    #expect(error.message.contains("uses the pickle instruction \(opcode) at byte "))
    #expect(error.message.hasSuffix(calls ? "; refused" : ", which nnx does not read"))
  }

  @Test(arguments: HostilePickles.malformed.keys.sorted()) func refusesMalformed(name: String)
    throws
  {
    let bytes = try #require(HostilePickles.malformed[name])
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "x.pth") }
    #expect(error.code == .invalidCheckpoint)
    #expect(error.message.hasPrefix("x.pth is not a valid checkpoint: "), "\(error.message)")
  }

  @Test func namesTheGlobalAndTheByte() throws {
    let bytes = PickleTree.call("os", "system", [.text("true")]).pickled
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "a.pth") }
    #expect(error.message == "a.pth asks for os.system at byte 2; refused")
  }

  @Test func showsNoControlCharactersOfAName() throws {
    let bytes = PickleTree.global("os\u{1B}[2J", "sy\tstem").pickled
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "a.pth") }
    #expect(error.message == "a.pth asks for os?[2J.sy?stem at byte 2; refused")
  }

  @Test func allowsNestingUpToTheLimit() throws {
    func nested(_ levels: Int) -> PickleTree {
      .raw([0x4E] + Array(repeating: 0x85, count: levels))
    }
    _ = try root(nested(63))
    #expect(throws: NNXError.self) { try root(nested(64)) }
  }

  @Test func refusesEveryTruncation() throws {
    let whole = CheckpointBuilder.v2([
      ("a", .tensor("0", [2, 3])), ("b", .tensor("1", [4])),
    ]).pickled
    _ = try Pickle(parsing: whole, source: "x")
    for count in 0..<whole.count {
      #expect(throws: NNXError.self) {
        try Pickle(parsing: Array(whole.prefix(count)), source: "x")
      }
    }
  }

  /// Whatever one changed byte makes of a pickle, it is read or refused.
  @Test func survivesEveryChangedByte() throws {
    let whole = CheckpointBuilder.v2([
      ("a", .tensor("0", [2, 3])), ("b", .tensor("1", [4])),
    ]).pickled
    var refused = 0
    for position in whole.indices {
      for change: UInt8 in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF] {
        var bytes = whole
        bytes[position] ^= change
        do { _ = try Pickle(parsing: bytes, source: "x").root.pairs } catch { refused += 1 }
      }
    }
    #expect(refused > whole.count)
  }
}
