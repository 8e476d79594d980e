import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct CheckpointTests {
  private func open(_ root: PickleTree, notes: PickleTree? = nil) throws -> Checkpoint {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "x.model",
      CheckpointBuilder.zip(
        CheckpointBuilder.members(root.pickled, [("0", CheckpointBuilder.floats([1, 2]))])))
    if let notes { try folder.write("x.model.pkl", notes.pickled) }
    return try Checkpoint(path)
  }

  private func v2(mirroring: PickleTree?, name: String = "w") -> PickleTree {
    var axes: [(PickleTree, PickleTree)] = []
    if let mirroring { axes.append((.text("inference_allowed_mirroring_axes"), mirroring)) }
    return .dictionary(
      [
        (
          .text("network_weights"),
          .built(
            .call(
              "collections", "OrderedDict", [.list([.tuple([.text(name), .tensor("0", [2])])])]),
            .dictionary([(.text("_metadata"), .call("collections", "OrderedDict", []))]))
        ),
        (
          .text("init_args"),
          .dictionary([
            (.text("configuration"), .text("3d_lowres")),
            (.text("device"), .call("torch", "device", [.text("cuda"), .int(0)])),
          ])
        ),
        (.text("trainer_name"), .text("nnUNetTrainerX")),
      ] + axes)
  }

  @Test func readsWhatTheTrainerNoted() throws {
    let checkpoint = try open(v2(mirroring: .tuple([.int(0), .int(2)])))
    #expect(checkpoint.generation == .v2)
    #expect(checkpoint.trainer == "nnUNetTrainerX")
    #expect(checkpoint.configuration == "3d_lowres")
    #expect(checkpoint.mirrorAxes == [0, 2])
    #expect(try checkpoint.values("w") == [1, 2])
  }

  @Test func anAbsentOrEmptyMirroringIsNone() throws {
    #expect(try open(v2(mirroring: nil)).mirrorAxes == nil)
    #expect(try open(v2(mirroring: PickleTree.null)).mirrorAxes == nil)
    #expect(try open(v2(mirroring: .list([]))).mirrorAxes == [])
  }

  @Test(arguments: ["module.w", "_orig_mod.w", "module._orig_mod.w", "_orig_mod.module.w"])
  func stripsPrefixes(name: String) throws {
    #expect(try open(v2(mirroring: nil, name: name)).tensors.keys.sorted() == ["w"])
  }

  @Test func readsV1WithItsNotes() throws {
    let checkpoint = try open(
      .dictionary([
        (.text("epoch"), .int(1000)),
        (.text("state_dict"), .dictionary([(.text("module.w"), .tensor("0", [2]))])),
      ]),
      notes: .dictionary([
        (
          .text("init"),
          .tuple([
            .text("plans.pkl"), .int(0), .text("/r/3d_lowres/Task001_A/T__P"), .text("d"),
            .bool(true), .int(1),
          ])
        ),
        (.text("name"), .text("nnUNetTrainerV2")), (.text("class"), .text("<class>")),
        (.text("plans"), .dictionary([(.text("num_modalities"), .int(1))])),
      ]))
    #expect(checkpoint.generation == .v1)
    #expect(checkpoint.trainer == "nnUNetTrainerV2")
    #expect(checkpoint.stage == 1)
    #expect(checkpoint.outputFolder == "/r/3d_lowres/Task001_A/T__P")
    #expect(checkpoint.plans?["num_modalities"]?.int == 1)
    #expect(try checkpoint.values("w") == [1, 2])
  }

  @Test func refusesWhatIsNoCheckpoint() throws {
    #expect(throws: NNXError.self) { try open(.dictionary([(.text("model"), .null)])) }
    #expect(throws: NNXError.self) { try open(.list([])) }
    #expect(throws: NNXError.self) { try open(.dictionary([(.text("network_weights"), .null)])) }
    let missing = try #require(throws: NNXError.self) {
      try open(.dictionary([(.text("state_dict"), .dictionary([(.text("w"), .tensor("0", [2]))]))]))
    }
    #expect(missing.code == .fileNotFound)
  }

  @Test(arguments: [
    ("checkpoint_final.pth", "state_dict", "network_weights"),
    ("model_final_checkpoint.model", "model", "state_dict"),
  ])
  func namesTheKeysOfOtherPrograms(file: String, key: String, wanted: String) throws {
    let folder = try TemporaryFolder()
    let root = PickleTree.dictionary([
      (.text(key), .dictionary([(.text("w"), .tensor("0", [2]))])), (.text("epoch"), .int(1)),
    ])
    let path = try folder.write(
      file,
      CheckpointBuilder.zip(
        CheckpointBuilder.members(root.pickled, [("0", CheckpointBuilder.floats([1, 2]))])))
    let error = try #require(throws: NNXError.self) { try Checkpoint(path) }
    #expect(error.code == .invalidCheckpoint)
    #expect(error.message == "\(path) holds no `\(wanted)`; its keys are \(key), epoch")
  }
}
