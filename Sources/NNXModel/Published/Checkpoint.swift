import NNXSystem

/// A trained fold: the weights of a network and what the trainer noted about itself.
///
/// v2: `checkpoint_final.pth` (`nnUNetTrainer.save_checkpoint`). v1: `model_final_checkpoint.model`
/// with `model_final_checkpoint.model.pkl` beside it (`NetworkTrainer.save_checkpoint`,
/// `nnUNetTrainer.save_checkpoint`).
package final class Checkpoint: Sendable {
  package let path: String
  package let generation: ModelDescription.Generation
  /// Class of the trainer, as in `nnUNetTrainer`.
  package let trainer: String
  /// v2: as in `3d_fullres`. v1 does not say.
  package let configuration: String?
  /// v2: spatial axes of the patch along which mirroring was trained; `nil`: none. v1 does not say.
  package let mirrorAxes: [Int]?
  /// v1: the plans that were used.
  package let plans: PickleValue?
  /// v1: index into the plans' stages; `nil`: the only one.
  package let stage: Int?
  /// v1: where it was trained, `…/3d_fullres/Task773_Liver/nnUNetTrainerV2__nnUNetPlansv2.1`.
  let outputFolder: String?
  /// The weights by name, without the prefixes of `DataParallel` and `torch.compile`.
  package let tensors: [String: TorchTensor]

  private let file: TorchFile

  /// - Throws: `file-not-found`, `unreadable`, `unsafe-pickle`, `invalid-checkpoint`.
  package init(_ path: String) throws(NNXError) {
    let file = try TorchFile(path)
    let root = file.pickle.root
    self.path = path
    self.file = file
    if let weights = root["network_weights"] {
      generation = .v2
      tensors = try Checkpoint.tensors(weights, path)
      guard let trainer = root["trainer_name"]?.text,
        let configuration = root["init_args"]?["configuration"]?.text
      else { throw .invalidCheckpoint(path, "it does not name its trainer and configuration") }
      self.trainer = trainer
      self.configuration = configuration
      mirrorAxes = try Checkpoint.axes(root["inference_allowed_mirroring_axes"], path)
      (plans, stage, outputFolder) = (nil, nil, nil)
    } else if let weights = root["state_dict"], Checkpoint.isOfV1(path) {
      generation = .v1
      tensors = try Checkpoint.tensors(weights, path)
      let notes = try Pickle(contentsOf: path + ".pkl").root
      guard let name = notes["name"]?.text, let plans = notes["plans"], plans.pairs != nil,
        let arguments = notes["init"]?.elements, arguments.count >= 6
      else { throw .invalidCheckpoint(path + ".pkl", "it does not name its trainer and plans") }
      trainer = name
      self.plans = plans
      outputFolder = arguments[2].text
      guard arguments[5].isNone || arguments[5].int != nil else {
        throw .invalidCheckpoint(path + ".pkl", "its stage is no number")
      }
      stage = arguments[5].int
      (configuration, mirrorAxes) = (nil, nil)
    } else {
      throw Checkpoint.withoutWeights(root, path)
    }
  }

  /// Whether a checkpoint is v1's by its name, or by the notes that v1 keeps beside it.
  private static func isOfV1(_ path: String) -> Bool {
    path.hasSuffix(".model") || Folder.kind(path + ".pkl") != nil
  }

  /// The error for a file whose weights are under other keys than nnU-Net's.
  private static func withoutWeights(_ root: PickleValue, _ path: String) -> NNXError {
    let key = isOfV1(path) ? "state_dict" : "network_weights"
    let keys = (root.pairs ?? []).map { $0.key.text.map(printable) ?? "no text" }
    let shown = keys.prefix(5).joined(separator: ", ")
    let rest = keys.count > 5 ? " and \(keys.count - 5) more" : ""
    return NNXError(
      .invalidCheckpoint,
      "\(path) holds no `\(key)`; "
        + (root.pairs == nil
          ? "it is no dictionary" : keys.isEmpty ? "it is empty" : "its keys are \(shown)\(rest)"),
      details: ["nnU-Net keeps a network's weights under `\(key)`; other programs do not"],
      fixes: ["Export the model with nnU-Net's own command, and install that"])
  }

  /// The values of a tensor as float32 in C order.
  ///
  /// - Throws: `invalid-checkpoint`, `unreadable`.
  package func values(_ name: String) throws(NNXError) -> [Float] {
    guard let tensor = tensors[name] else {
      throw .invalidCheckpoint(path, "the tensor '\(name)' is missing")
    }
    return try file.values(tensor, name)
  }

  private static func axes(
    _ value: PickleValue?, _ path: String
  ) throws(NNXError) -> [Int]? {
    guard let value, !value.isNone else { return nil }
    guard let axes = value.ints else {
      throw .invalidCheckpoint(path, "its mirror axes are no list")
    }
    return axes
  }

  private static func tensors(
    _ weights: PickleValue, _ path: String
  ) throws(NNXError) -> [String: TorchTensor] {
    guard let pairs = weights.pairs, !pairs.isEmpty else {
      throw .invalidCheckpoint(path, "its weights are no dictionary")
    }
    var tensors: [String: TorchTensor] = [:]
    for (key, value) in pairs {
      guard var name = key.text else { throw .invalidCheckpoint(path, "a weight has no name") }
      for prefix in ["module.", "_orig_mod.", "module."] where name.hasPrefix(prefix) {
        name.removeFirst(prefix.count)
      }
      guard tensors.updateValue(try value.tensor(name), forKey: name) == nil else {
        throw .invalidCheckpoint(path, "the tensor '\(printable(name))' is repeated")
      }
    }
    return tensors
  }
}
