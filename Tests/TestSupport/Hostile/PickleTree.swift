/// A value to be pickled, for tests: writes protocol 2, as torch does.
package indirect enum PickleTree: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
  case bytes([UInt8])
  case tuple([PickleTree])
  case list([PickleTree])
  case dictionary([(PickleTree, PickleTree)])
  case global(String, String)
  /// `module.name(*arguments)`.
  case call(String, String, [PickleTree])
  /// A call followed by BUILD.
  case built(PickleTree, PickleTree)
  case persistent(PickleTree)
  /// Instructions as they are; must leave one value on the stack.
  case raw([UInt8])

  /// A whole pickle.
  package var pickled: [UInt8] { [0x80, 0x02] + instructions + [0x2E] }

  package var instructions: [UInt8] {
    switch self {
    case .null: [0x4E]
    case .bool(let value): [value ? 0x88 : 0x89]
    case .int(let value):
      if let short = Int32(exactly: value) {
        [0x4A] + PickleTree.littleEndian(Int(short), 4)
      } else {
        [0x8A, 8] + PickleTree.littleEndian(value, 8)
      }
    case .float(let value): [0x47] + PickleTree.littleEndian(value.bitPattern, 8).reversed()
    case .text(let text): [0x58] + PickleTree.littleEndian(text.utf8.count, 4) + Array(text.utf8)
    case .bytes(let bytes): [0x42] + PickleTree.littleEndian(bytes.count, 4) + bytes
    case .tuple(let elements): [0x28] + elements.flatMap(\.instructions) + [0x74]
    case .list(let elements): [0x5D, 0x28] + elements.flatMap(\.instructions) + [0x65]
    case .dictionary(let pairs):
      [0x7D, 0x28] + pairs.flatMap { $0.instructions + $1.instructions } + [0x75]
    case .global(let module, let name): [0x63] + Array("\(module)\n\(name)\n".utf8)
    case .call(let module, let name, let arguments):
      PickleTree.global(module, name).instructions + PickleTree.tuple(arguments).instructions
        + [0x52]
    case .built(let object, let state): object.instructions + state.instructions + [0x62]
    case .persistent(let id): id.instructions + [0x51]
    case .raw(let instructions): instructions
    }
  }

  package static func littleEndian(_ value: some BinaryInteger, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A storage of a checkpoint.
  package static func storage(_ key: String, _ count: Int, type: String = "Float") -> PickleTree {
    .persistent(
      .tuple([
        .text("storage"), .global("torch", "\(type)Storage"), .text(key), .text("cpu"),
        .int(count),
      ]))
  }

  /// A tensor; row-major and filling its storage unless told otherwise.
  package static func tensor(
    _ key: String, _ shape: [Int], type: String = "Float", strides: [Int]? = nil, offset: Int = 0,
    count: Int? = nil
  ) -> PickleTree {
    var rowMajor: [Int] = []
    for axis in shape.indices { rowMajor.append(shape[(axis + 1)...].reduce(1, *)) }
    return .call(
      "torch._utils", "_rebuild_tensor_v2",
      [
        storage(key, count ?? shape.reduce(1, *), type: type), .int(offset),
        .tuple(shape.map { .int($0) }), .tuple((strides ?? rowMajor).map { .int($0) }),
        .bool(false), .call("collections", "OrderedDict", []),
      ])
  }
}
