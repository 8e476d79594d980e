import NNXArchive
import NNXSystem

/// What a file of PyTorch or a pickle holds, described without building or running what it asks for.
package struct TorchInspection: Sendable {
  package enum Container: String, Sendable {
    case zip = "PyTorch zip"
    case legacy = "PyTorch before 1.6"
    case pickle = "plain pickle"
  }

  package struct Tensor: Equatable, Sendable {
    package var name: String
    package var shape: [Int]
    /// `float32`.
    package var type: String
    /// Bytes of its elements.
    package var bytes: Int
  }

  package let path: String
  package let container: Container
  /// Bytes of the file.
  package let size: Int
  /// The pickles in the file, in order.
  package private(set) var scans: [PickleScan] = []
  /// In the order of the file.
  package private(set) var tensors: [Tensor] = []
  /// What the file says of itself: trainer, configuration, epoch, …
  package private(set) var facts: [(name: String, value: String)] = []
  /// Why nnx does not read the file; `nil` when it does.
  package private(set) var problem: NNXError?

  /// - Throws: `file-not-found`, `unreadable`; `invalid-checkpoint` when it is none of the containers.
  package init(_ path: String) throws(NNXError) {
    let file = try MappedFile(path)
    self.path = path
    size = file.count
    (container, scans) = try file.withBytes { (bytes) throws(NNXError) in
      try TorchInspection.scan(file, bytes)
    }
    if let refusal = PickleScan.problem(of: scans, in: path) {
      problem = refusal
      return
    }
    do throws(NNXError) { try read() } catch { problem = error }
  }

  private static func scan(
    _ file: MappedFile, _ bytes: RawSpan
  ) throws(NNXError) -> (Container, [PickleScan]) {
    let path = file.path
    func starts(with magic: [UInt8]) -> Bool {
      bytes.byteCount >= magic.count && bytes.copy(0..<magic.count) == magic
    }
    if starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      let zip = try TorchZip(file)
      var scans: [PickleScan] = []
      for member in zip.members.values.sorted(by: { $0.dataOffset < $1.dataOffset })
      where member.path.hasSuffix(".pkl") && member.size <= TorchFile.largestPickle {
        scans.append(
          try zip.withContent(of: member) { (content) throws(NNXError) in
            PickleScan(content, source: "\(path): \(printable(member.path))")
          })
      }
      guard !scans.isEmpty else {
        throw NNXError(
          .invalidCheckpoint, "\(path) is a zip, but no checkpoint: it holds no pickle")
      }
      return (.zip, scans)
    }
    if starts(with: TorchLegacy.magic) {
      var scans: [PickleScan] = []
      var position = 0
      // Magic number, protocol, system, value, keys of the storages.
      while scans.count < 5, scans.last?.damage == nil, position < bytes.byteCount {
        scans.append(PickleScan(bytes, from: position, source: path))
        position = scans.last?.end ?? bytes.byteCount
      }
      return (.legacy, scans)
    }
    let scan = PickleScan(bytes, source: path)
    guard scan.version != nil || (path.hasSuffix(".pkl") && scan.instructions > 1) else {
      throw NNXError(
        .invalidCheckpoint, "\(path) is neither a checkpoint nor a pickle",
        fixes: ["nnx inspects .pth, .pt, .model, .pkl, .safetensors, .zip and folders of models"])
    }
    return (.pickle, [scan])
  }

  /// Reads the value, which has been found harmless.
  private mutating func read() throws(NNXError) {
    let root =
      container == .pickle ? try Pickle(contentsOf: path).root : try TorchFile(path).pickle.root
    for key in ["network_weights", "state_dict"] {
      for (name, value) in root[key]?.pairs ?? [] { try add(name.text ?? "?", value) }
    }
    // A state dict saved by itself.
    if tensors.isEmpty, container != .pickle {
      for (name, value) in root.pairs ?? [] where (try? value.tensor("")) != nil {
        try add(name.text ?? "?", value)
      }
    }
    facts = TorchInspection.facts(root)
  }

  private mutating func add(_ name: String, _ value: PickleValue) throws(NNXError) {
    let tensor = try value.tensor(name)
    tensors.append(
      Tensor(
        name: printable(name), shape: tensor.shape, type: "\(tensor.element)",
        bytes: tensor.count * tensor.element.size))
  }

  private static func facts(_ root: PickleValue) -> [(name: String, value: String)] {
    let arguments = root["init_args"]
    let candidates: [(String, PickleValue?)] = [
      ("trainer", root["trainer_name"] ?? root["name"]),
      ("configuration", arguments?["configuration"]), ("fold", arguments?["fold"]),
      ("epoch", root["current_epoch"] ?? root["epoch"]),
      ("best", root["_best_ema"]),
      ("mirror axes", root["inference_allowed_mirroring_axes"]),
      ("plans", arguments?["plans"]?["plans_name"]),
      ("dataset", arguments?["plans"]?["dataset_name"] ?? arguments?["dataset_json"]?["name"]),
    ]
    var facts = candidates.compactMap { name, value in
      value.flatMap(describe).map { (name: name, value: $0) }
    }
    if let notes = root["init"]?.elements, notes.count > 2, let folder = notes[2].text {
      facts.append(("trained in", printable(folder)))
    }
    let keys = (root.pairs ?? []).compactMap(\.key.text).map(printable)
    if !keys.isEmpty { facts.append(("members", keys.prefix(40).joined(separator: ", "))) }
    return facts
  }

  private static func describe(_ value: PickleValue) -> String? {
    if let text = value.text { return printable(text) }
    if let int = value.int { return "\(int)" }
    if let double = value.double { return "\(double)" }
    if value.isNone { return "none" }
    return value.ints.map { $0.map(String.init).joined(separator: " ") }
  }
}
