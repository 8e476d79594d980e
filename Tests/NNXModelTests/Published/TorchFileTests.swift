import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct TorchFileTests {
  private static let values: [Float] = [1, -2, 3.5, 0.1, -0, 1e-20]

  private static func checkpoint(
    _ tensor: PickleTree = .tensor("0", [2, 3]), _ storage: [UInt8]? = nil
  ) -> [CheckpointBuilder.Member] {
    CheckpointBuilder.members(
      CheckpointBuilder.v2([("w", tensor)]).pickled,
      [("0", storage ?? CheckpointBuilder.floats(values))])
  }

  /// Opens `bytes` as a file and reads its only tensor.
  private func read(_ bytes: [UInt8]) throws -> [Float] {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.pth", bytes)
    return try Checkpoint(path).values("w")
  }

  private func failure(_ bytes: [UInt8]) throws -> String {
    let error = try #require(throws: NNXError.self) { try read(bytes) }
    #expect(error.code == .invalidCheckpoint, "\(error)")
    let marker = "is not a valid checkpoint: "
    let start = try #require(error.message.range(of: marker))
    return String(error.message[start.upperBound...])
  }

  private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  // MARK: Containers

  @Test func readsStoredMembers() throws {
    let values = try read(CheckpointBuilder.zip(TorchFileTests.checkpoint()))
    #expect(bits(values) == bits(TorchFileTests.values))
  }

  @Test func readsZIP64() throws {
    let values = try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(), isZip64: true))
    #expect(bits(values) == bits(TorchFileTests.values))
  }

  @Test func readsDeflatedMembers() throws {
    var members = TorchFileTests.checkpoint()
    for index in members.indices { members[index].isDeflated = true }
    #expect(bits(try read(CheckpointBuilder.zip(members))) == bits(TorchFileTests.values))
  }

  @Test func readsTheContainerBeforeTorch16() throws {
    let bytes = CheckpointBuilder.legacy(
      CheckpointBuilder.v2([("w", .tensor("94583343125568", [2, 3]))]),
      [("94583343125568", 6, CheckpointBuilder.floats(TorchFileTests.values))])
    #expect(bits(try read(bytes)) == bits(TorchFileTests.values))
  }

  @Test func saysWhatAForeignFileIs() throws {
    var tar = [UInt8](repeating: 0, count: 1024)
    tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
    #expect(try failure(tar) == "it is a tar archive, which nnU-Net never writes")
    #expect(try failure(Array("<!DOCTYPE html>".utf8)) == "it is a web page")
    let other = "it is neither a zip nor a file of torch before 1.6"
    #expect(try failure(PickleTree.null.pickled) == other)
    #expect(try failure([]) == other)
  }

  @Test func refusesTorchScript() throws {
    let members =
      TorchFileTests.checkpoint() + [.init(name: "archive/constants.pkl", content: [0x80])]
    let error = try #require(throws: NNXError.self) { try read(CheckpointBuilder.zip(members)) }
    #expect(error.code == .unsafePickle)
  }

  @Test func refusesHostilePicklesInsideOfCheckpoints() throws {
    let evil = PickleTree.call("posix", "system", [.text("true")])
    for bytes in [
      CheckpointBuilder.zip(CheckpointBuilder.members(evil.pickled, [])),
      CheckpointBuilder.legacy(evil, []),
      CheckpointBuilder.zip(TorchFileTests.checkpoint(evil)),
    ] {
      let error = try #require(throws: NNXError.self) { try read(bytes) }
      #expect(error.code == .unsafePickle)
      #expect(error.message.contains("asks for posix.system at byte"))
    }
  }

  // MARK: Elements

  @Test func readsEveryFloatingType() throws {
    let half: [(UInt16, Float)] = [
      (0x3C00, 1), (0xC000, -2), (0x0001, 0x1p-24), (0x03FF, 0x1.FF8p-15), (0x7BFF, 65504),
      (0x8000, -0.0),
    ]
    let halves = half.flatMap { PickleTree.littleEndian($0.0, 2) }
    var tensor = PickleTree.tensor("0", [6], type: "Half")
    #expect(
      bits(try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(tensor, halves))))
        == bits(half.map(\.1)))
    tensor = PickleTree.tensor("0", [2], type: "BFloat16")
    #expect(
      try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(tensor, [0x80, 0x3F, 0x20, 0xC0])))
        == [1, -2.5])
    tensor = PickleTree.tensor("0", [2], type: "Double")
    let doubles = [0.1, -3e5].flatMap { PickleTree.littleEndian($0.bitPattern, 8) }
    #expect(
      try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(tensor, doubles))) == [0.1, -3e5])
  }

  @Test(arguments: ["Long", "Int", "Short", "Char", "Byte", "Bool"])
  func refusesWholeNumbersAsWeights(type: String) throws {
    let size = ["Long": 8, "Int": 4, "Short": 2][type] ?? 1
    let tensor = PickleTree.tensor("0", [2], type: type)
    let members = TorchFileTests.checkpoint(tensor, Array(repeating: 0, count: 2 * size))
    #expect(try failure(CheckpointBuilder.zip(members)).contains("has elements of type"))
  }

  @Test func countsValuesThatAreNotFinite() throws {
    let storage = CheckpointBuilder.floats([1, .nan, .infinity, 2, -.infinity, 3])
    let bytes = CheckpointBuilder.zip(TorchFileTests.checkpoint(.tensor("0", [2, 3]), storage))
    #expect(try failure(bytes) == "the tensor 'w' holds 3 values that are not finite")
    let double = PickleTree.tensor("0", [1], type: "Double")
    let huge = PickleTree.littleEndian(1e300.bitPattern, 8)
    #expect(
      try failure(CheckpointBuilder.zip(TorchFileTests.checkpoint(double, huge)))
        == "the tensor 'w' holds a value that is not finite")
  }

  // MARK: Strides

  @Test func putsPermutedAxesIntoOrder() throws {
    // Shape (2, 3), stored column by column.
    let tensor = PickleTree.tensor("0", [2, 3], strides: [1, 2])
    let storage = CheckpointBuilder.floats([0, 3, 1, 4, 2, 5])
    #expect(
      try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(tensor, storage)))
        == [0, 1, 2, 3, 4, 5])
    // Channels last: (n, c, z, y, x) stored as (n, z, y, x, c).
    let last = PickleTree.tensor("0", [2, 3, 1, 2, 2], strides: [12, 1, 12, 6, 3])
    let stored = CheckpointBuilder.floats((0..<24).map { Float($0) })
    let values = try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(last, stored)))
    let expected = (0..<24).map { index -> Float in
      let (n, c, voxel) = (index / 12, index / 4 % 3, index % 4)
      return Float(n * 12 + voxel * 3 + c)
    }
    #expect(values == expected)
  }

  @Test func takesPartsOfAStorage() throws {
    let tensor = PickleTree.tensor("0", [2], offset: 3, count: 6)
    #expect(try read(CheckpointBuilder.zip(TorchFileTests.checkpoint(tensor))) == [0.1, -0])
  }

  @Test(
    arguments: [
      (.tensor("0", [1 << 21, 1 << 21], strides: [0, 0], count: 6), "is larger than its storage"),
      (.tensor("0", [3, 3], count: 6), "is larger than its storage"),
      (.tensor("0", [1 << 62, 4], count: 6), "is larger than its storage"),
      (.tensor("0", [6], offset: 1, count: 6), "ends behind its storage"),
      (.tensor("0", [6], offset: Int.max, count: 6), "ends behind its storage"),
      (.tensor("0", [2, 2], strides: [0, 1], count: 6), "does not fill its storage"),
      (.tensor("0", [2, 2], strides: [3, 1], count: 6), "does not fill its storage"),
      (.tensor("0", [2, 2], strides: [1, 1], count: 6), "does not fill its storage"),
      (.tensor("0", [3], strides: [2], count: 6), "does not fill its storage"),
      (.tensor("0", [2, 3], strides: [3, -1], count: 6), "has an empty or negative axis"),
      (.tensor("0", [0, 3], count: 6), "has an empty or negative axis"),
      (.tensor("0", [-1], strides: [1], count: 6), "has an empty or negative axis"),
      (.tensor("0", [2, 3], strides: [1], count: 6), "is no plain tensor"),
      (.tensor("0", [1, 1, 1, 1, 1, 1, 1, 1, 6], count: 6), "is no plain tensor"),
      (.null, "is no tensor"), (.int(3), "is no tensor"),
    ] as [(PickleTree, String)])
  func refusesTensorsThatDoNotFillTheirStorage(tensor: PickleTree, reason: String) throws {
    let bytes = CheckpointBuilder.zip(TorchFileTests.checkpoint(tensor))
    #expect(try failure(bytes) == "the tensor 'w' \(reason)")
  }

  // MARK: Zip

  @Test func refusesZipsThatLie() throws {
    typealias Change = (inout [CheckpointBuilder.Member]) -> Void
    let cases: [(String, Change)] = [
      ("the storage 0 is missing", { $0.remove(at: 2) }),
      ("the storage 0 has 20 bytes instead of 24", { $0[2].content.removeLast(4) }),
      ("the storage 0 has 28 bytes instead of 24", { $0[2].content += [0, 0, 0, 0] }),
      ("the checksum of 'data/0' differs", { $0[2].crc = 17 }),
      ("the checksum of 'data.pkl' differs", { $0[0].crc = 17 }),
      ("it holds no data.pkl", { $0[0].name = "archive/other.pkl" }),
      ("it was written on a big-endian machine", { $0[1].content = Array("big".utf8) }),
      ("its members lie in several folders", { $0[1].name = "other/byteorder" }),
      ("the member 'byteorder' lies outside of a folder", { $0[1].name = "byteorder" }),
      ("a member has a name that is not allowed", { $0[1].name = "archive/../byteorder" }),
      ("a member has a name that is not allowed", { $0[1].name = "/archive/byteorder" }),
      ("a member has a name that is not allowed", { $0[1].name = "archive\\byteorder" }),
      ("a member has a name that is not allowed", { $0[1].name = "archive/a\u{0}b" }),
      ("the member 'data.pkl' is repeated", { $0[1].name = "archive/data.pkl" }),
      ("a member's header differs from the directory", { $0[1].localName = "archive/byteordex" }),
      ("'archive/byteorder' is encrypted", { $0[1].flags |= 1 }),
      ("'archive/byteorder' is compressed by method 12", { $0[1].method = 12 }),
      ("its members overlap", { $0[2].declaredSize = 100 }),
      ("'archive/version' is cut short", { $0[3].declaredSize = 1 << 30 }),
      (
        "the compressed bytes of 'byteorder' are damaged",
        {
          $0[1].isDeflated = true
          $0[1].declaredSize = 5
        }
      ),
      (
        "the compressed bytes of 'byteorder' are damaged",
        {
          $0[1].isDeflated = true
          $0[1].declaredSize = 7
        }
      ),
    ]
    for (reason, change) in cases {
      var members = TorchFileTests.checkpoint()
      change(&members)
      #expect(try failure(CheckpointBuilder.zip(members)) == reason)
    }
  }

  @Test func refusesBytesBehindTheZip() throws {
    let zip = CheckpointBuilder.zip(TorchFileTests.checkpoint())
    #expect(try failure(zip + [0]).contains("does not end with a zip directory"))
  }

  @Test(arguments: [false, true]) func refusesEveryTruncation(isZip64: Bool) throws {
    let whole = CheckpointBuilder.zip(TorchFileTests.checkpoint(), isZip64: isZip64)
    let folder = try TemporaryFolder()
    let path = try folder.write("x.pth", whole)
    _ = try Checkpoint(path)
    for count in (0..<whole.count).reversed() {
      try folder.truncate("x.pth", to: UInt64(count))
      #expect(throws: NNXError.self, "\(count) bytes") { try Checkpoint(path) }
    }
  }

  @Test func refusesEveryTruncationOfTheOldContainer() throws {
    let whole = CheckpointBuilder.legacy(
      CheckpointBuilder.v2([("w", .tensor("7", [2, 3]))]),
      [("7", 6, CheckpointBuilder.floats(TorchFileTests.values))])
    let folder = try TemporaryFolder()
    let path = try folder.write("x.pth", whole)
    _ = try Checkpoint(path)
    for count in (0..<whole.count).reversed() {
      try folder.truncate("x.pth", to: UInt64(count))
      #expect(throws: NNXError.self, "\(count) bytes") { try Checkpoint(path) }
    }
    try folder.write("x.pth", whole + [0])
    #expect(throws: NNXError.self) { try Checkpoint(path) }
  }

  /// A flipped bit is found, or lies where it changes nothing.
  @Test(arguments: [false, true]) func noFlippedBitChangesAValue(isZip64: Bool) throws {
    let whole = CheckpointBuilder.zip(TorchFileTests.checkpoint(), isZip64: isZip64)
    let folder = try TemporaryFolder()
    let expected = bits(TorchFileTests.values)
    let path = try folder.write("x.pth", whole)
    var refused = 0
    for position in whole.indices {
      defer { try? folder.change("x.pth", at: position, to: whole[position]) }
      for bit in 0..<8 {
        try folder.change("x.pth", at: position, to: whole[position] ^ 1 << UInt8(bit))
        do {
          let values = try Checkpoint(path).values("w")
          #expect(bits(values) == expected, "byte \(position), bit \(bit)")
        } catch { refused += 1 }
      }
    }
    #expect(refused > whole.count * 4)
  }

  @Test func survivesFlippedBitsOfTheOldContainer() throws {
    let whole = CheckpointBuilder.legacy(
      CheckpointBuilder.v2([("w", .tensor("7", [2, 3]))]),
      [("7", 6, CheckpointBuilder.floats(TorchFileTests.values))])
    let folder = try TemporaryFolder()
    let path = try folder.write("x.pth", whole)
    var refused = 0
    for position in whole.indices {
      defer { try? folder.change("x.pth", at: position, to: whole[position]) }
      for bit in 0..<8 {
        try folder.change("x.pth", at: position, to: whole[position] ^ 1 << UInt8(bit))
        do { _ = try Checkpoint(path).values("w") } catch { refused += 1 }
      }
    }
    #expect(refused > whole.count * 4)
  }
}
