import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// Looking at pickles without reading them.
@Suite struct PickleScanTests {
  private func scan(_ bytes: [UInt8]) -> PickleScan {
    bytes.withRawSpan { PickleScan($0, source: "x.pth") }
  }

  @Test(arguments: HostilePickles.mentions.keys.sorted()) func findsEveryName(name: String) throws {
    let scan = scan(try #require(HostilePickles.mentions[name]))
    #expect(!scan.isHarmless)
    #expect(scan.globals.contains { !$0.isAllowed })
  }

  @Test(arguments: HostilePickles.instructions.keys.sorted())
  func findsEveryRefusedInstruction(name: String) throws {
    let bytes = try #require(HostilePickles.instructions[name])
    guard bytes.first == 0x80 else { return }
    #expect(!scan(bytes).isHarmless, "\(name)")
  }

  @Test func theReaderRefusesExactlyWhatTheScanCallsRefused() {
    for byte in UInt8.min...UInt8.max {
      guard let opcode = PickleOpcode(rawValue: byte), opcode != .proto else { continue }
      var message = ""
      do {
        // A stack with something to work on, and operands of zeros.
        _ = try Pickle(
          parsing: [0x80, 2, 0x28, 0x4E, 0x4E, 0x4E, byte] + Array(repeating: 0, count: 16),
          source: "x")
      } catch {
        message = (error as? NNXError)?.message ?? ""
      }
      let isRefused = message.contains("the pickle instruction \(opcode.name) at byte")
      #expect(isRefused == PickleOpcode.refused.contains(opcode), "\(opcode.name)")
    }
  }

  @Test func agreesWithTheReaderOnHarmlessPickles() throws {
    let tree = CheckpointBuilder.v2([("a", .tensor("0", [2, 3])), ("b", .tensor("1", [4]))])
    let found = scan(tree.pickled)
    #expect(found.isHarmless)
    #expect(found.damage == nil)
    #expect(found.version == 2)
    #expect(found.end == tree.pickled.count)
    #expect(
      Set(found.globals.map(\.name))
        == ["torch._utils._rebuild_tensor_v2", "torch.FloatStorage", "collections.OrderedDict"])
  }

  @Test func putsNamesOfTheMemoTogether() {
    // 'os' memoized, dropped, fetched again for STACK_GLOBAL.
    let bytes: [UInt8] =
      [0x80, 4] + [0x8C, 2] + Array("os".utf8) + [0x94, 0x30, 0x68, 0, 0x8C, 6]
      + Array("system".utf8) + [0x94, 0x93, 0x8C, 4] + Array("true".utf8) + [0x85, 0x52, 0x2E]
    let found = scan(bytes)
    #expect(found.globals.map(\.name) == ["os.system"])
    #expect(found.refusals.contains { $0.what == "os.system('true')" })
  }

  @Test(arguments: HostilePickles.malformed.keys.sorted())
  func survivesMalformed(name: String) throws {
    _ = scan(try #require(HostilePickles.malformed[name]))
  }

  @Test func survivesNoise() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let count = Int.random(in: 1...200, using: &generator)
      _ = scan(
        [0x80, 4] + (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
  }
}
