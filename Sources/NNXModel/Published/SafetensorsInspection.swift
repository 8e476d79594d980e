import NNXSystem

/// What a safetensors file holds, nnx's own or anybody's
/// (https://github.com/huggingface/safetensors, "Format").
package struct SafetensorsInspection: Sendable {
  package let path: String
  /// Bytes of the file.
  package let size: Int
  /// In the order of the header, without nnx's padding.
  package private(set) var tensors: [TorchInspection.Tensor] = []
  /// The texts of `__metadata__`.
  package private(set) var metadata: [(name: String, value: String)] = []
  /// Why nnx does not use it as weights; `nil` when it is one of its own files.
  package private(set) var problem: NNXError?

  /// - Throws: `file-not-found`, `unreadable`; `invalid-checkpoint` when it is no safetensors file.
  package init(_ path: String) throws(NNXError) {
    let file = try MappedFile(path)
    self.path = path
    size = file.count
    let text = try file.withBytes { (bytes) throws(NNXError) in
      guard bytes.byteCount >= 8,
        let length = Int(exactly: bytes.littleEndian(UInt64.self, at: 0)),
        length <= WeightsHeader.largest, length <= bytes.byteCount - 8
      else { throw SafetensorsInspection.failure(path, "its header has no sensible length") }
      return bytes.copy(8..<8 + length)
    }
    guard let members = try? OrderedJSON(parsing: text, source: path).members else {
      throw SafetensorsInspection.failure(path, "its header is no JSON object")
    }
    for member in members where member.key != "__metadata__" {
      try add(member)
    }
    metadata = (members.first { $0.key == "__metadata__" }?.value.members ?? []).map {
      (printable($0.key), printable($0.value.string ?? "?"))
    }
    do throws(NNXError) { _ = try WeightsFile(path) } catch { problem = error }
  }

  private mutating func add(_ member: OrderedJSON.Member) throws(NNXError) {
    let name = printable(member.key)
    if name.hasPrefix(WeightsHeader.padding) { return }
    guard let type = member.value["dtype"]?.string,
      let shape = member.value["shape"]?.array?.compactMap(\.int),
      let offsets = member.value["data_offsets"]?.array?.compactMap(\.int), offsets.count == 2,
      0 <= offsets[0], offsets[0] <= offsets[1], shape.allSatisfy({ $0 >= 0 }),
      shape.product != nil
    else {
      throw SafetensorsInspection.failure(path, "the entry of '\(name)' is damaged")
    }
    tensors.append(
      TorchInspection.Tensor(
        name: name, shape: shape, type: printable(type), bytes: offsets[1] - offsets[0]))
  }

  private static func failure(_ path: String, _ reason: String) -> NNXError {
    NNXError(.invalidCheckpoint, "\(path) is no safetensors file: \(reason)")
  }
}
