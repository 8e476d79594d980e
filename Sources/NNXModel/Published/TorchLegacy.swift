import NNXSystem

/// The container of PyTorch before 1.6: five pickles, then the storages one behind the other
/// (`torch/serialization.py`, `_legacy_load`).
struct TorchLegacy {
  /// How such a file begins: the pickle of 0x1950a86a20f9469cfc6c.
  static let magic: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  let source: String
  let pickle: Pickle
  /// Where the elements of each storage lie in the file, by key, and how many there are.
  let storages: [String: (offset: Int, count: Int)]

  /// - Throws: `unsafe-pickle`, `invalid-checkpoint`.
  init(_ bytes: RawSpan, source: String) throws(NNXError) {
    func failure(_ reason: String) -> NNXError { .invalidCheckpoint(source, reason) }
    var position = TorchLegacy.magic.count
    func next() throws(NNXError) -> Pickle {
      var machine = PickleMachine(source: source)
      let root = try machine.run(bytes, from: position)
      position = machine.position
      return Pickle(source: source, arena: machine.arena, root: root)
    }
    guard try next().root.int == 1001 else { throw failure("an unknown protocol of torch") }
    guard try next().root["little_endian"]?.bool == true else {
      throw failure("it was written on a big-endian machine")
    }
    let pickle = try next()
    guard let keys = try next().root.elements?.map(\.text) else {
      throw failure("its list of storages is damaged")
    }
    let types = pickle.storageTypes
    var storages: [String: (offset: Int, count: Int)] = [:]
    for key in keys {
      guard let key, let type = types[key] else { throw failure("a storage that nothing uses") }
      guard bytes.byteCount - position >= 8,
        let count = Int(exactly: bytes.littleEndian(Int64.self, at: position)), count >= 0,
        count <= (bytes.byteCount - position - 8) / type.size
      else { throw failure("the storage \(key) is cut short") }
      guard storages.updateValue((position + 8, count), forKey: key) == nil else {
        throw failure("the storage \(key) is repeated")
      }
      position += 8 + count * type.size
    }
    guard position == bytes.byteCount else { throw failure("bytes after the end") }
    self.source = source
    self.pickle = pickle
    self.storages = storages
  }
}

extension Pickle {
  /// The element type of every storage that the pickle mentions, by key.
  fileprivate var storageTypes: [String: TorchElement] {
    var types: [String: TorchElement] = [:]
    for (index, node) in arena.nodes.enumerated() {
      guard case .storage = node, let storage = PickleValue(self, Int32(index)).storage else {
        continue
      }
      types[storage.key] = storage.element
    }
    return types
  }
}
