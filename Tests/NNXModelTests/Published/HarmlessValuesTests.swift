import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// Values that torch's restricted loader takes (`weights_only=True`): data, whatever they are.
/// Scripts/make-fixtures/torch_values.py wrote the files with torch 2.13.
@Suite struct HarmlessValuesTests {
  private static let folder = "\(Fixtures.folder)/pickles"

  @Test(arguments: ["torch_values.pth", "torch_values_legacy.pth"])
  func readsEveryValueThatTorchTakes(file: String) throws {
    let root = try TorchFile("\(Self.folder)/\(file)").pickle.root
    let values = try #require(root["values"])
    #expect(values["counter"]?["liver"]?.int == 3)
    #expect(values["empty_counter"]?.pairs?.isEmpty == true)
    #expect(values["bytearray"]?.bytes.map { Array($0) } == [0x61, 0xFF])
    #expect(values["size"]?.ints == [1, 2])
    #expect(values["dtype_keys"]?.pairs?.count == 3)
    #expect(values["complex_keys"]?.pairs?.count == 2)
    let parameter = try #require(values["parameter"]).tensor("p")
    #expect(parameter.shape == [2])
    let weight = try #require(root["network_weights"]?["a"]).tensor("a")
    #expect(weight.shape == [2, 3])
    let inspection = try TorchInspection("\(Self.folder)/\(file)")
    #expect(inspection.problem == nil)
    #expect(!inspection.scans.contains { !$0.isHarmless })
  }

  @Test func knowsEveryNameThatTorchTakes() throws {
    let names = String(
      decoding: bytes(of: "\(Self.folder)/torch_names.txt"), as: UTF8.self
    ).split(separator: "\n")
    #expect(names.count == 144)
    for name in names {
      let parts = name.split(separator: " ").map(String.init)
      #expect(PickleGlobal(module: parts[0], name: parts[1]) != nil, "\(name)")
    }
  }

  @Test(arguments: [
    PickleTree.call("builtins", "frozenset", [.list([.int(1)])]),
    .call("builtins", "slice", [.int(1), .null, .null]),
    .call("builtins", "range", [.int(0), .int(3), .int(1)]), .global("numpy", "float32"),
    .raw([0x8F, 0x28, 0x4B, 1, 0x90]), .raw([0x28, 0x4B, 1, 0x91]),
  ])
  func takesValuesThatRunNothing(tree: PickleTree) throws {
    _ = try Pickle(parsing: tree.pickled, source: "x")
  }

  @Test(arguments: HostilePickles.unread) func saysThatAValueIsNotRead(name: String) throws {
    let parts = name.split(separator: " ").map(String.init)
    let bytes = PickleTree.list([.call(parts[0], parts[1], [.text("x")])]).pickled
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "x.pth") }
    #expect(error.code == .invalidCheckpoint)
    #expect(
      error.message
        == "x.pth names \(parts[0]).\(parts[1]) at byte 4, which nnx does not read")
  }

  /// A harmless name in front does not hide what is behind it.
  @Test func namesTheWorst() throws {
    let bytes = PickleTree.list([.global("datetime", "datetime"), .global("os", "system")]).pickled
    let error = try #require(throws: NNXError.self) { try Pickle(parsing: bytes, source: "x.pth") }
    #expect(error.code == .unsafePickle)
    #expect(error.message.hasPrefix("x.pth asks for os.system at byte "))
  }

  @Test func equalKeysAreStillRefused() throws {
    let key = PickleTree.global("torch", "float16")
    #expect(throws: NNXError.self) {
      try Pickle(parsing: PickleTree.dictionary([(key, .null), (key, .null)]).pickled, source: "x")
    }
  }
}
