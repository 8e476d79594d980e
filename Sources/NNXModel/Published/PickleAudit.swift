import NNXSystem

/// Checks the value that a pickle describes before anyone walks it: no cycles, bounded depth,
/// bounded size when shared parts are counted each time they are met, keys that can be keys and
/// are not repeated.
struct PickleAudit {
  static let deepest = 64
  static let largest = 20_000_000

  let source: String
  private var height: [UInt8] = []
  private var size: [Int32] = []
  private var dictionaries: [Int32] = []

  init(source: String) { self.source = source }

  /// - Throws: `invalid-checkpoint`.
  mutating func check(_ arena: Pickle.Arena, _ root: Int32) throws(NNXError) {
    // Height 0: not seen. Size 0 with a height: on the path from the root.
    height = Array(repeating: 0, count: arena.nodes.count)
    size = Array(repeating: 0, count: arena.nodes.count)
    var path: [(node: Int32, next: Int)] = []
    try enter(root, &path)
    while let (node, next) = path.last {
      guard let child = arena.child(next, of: node) else {
        try leave(arena, node)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let index = Int(child)
      if height[index] == 0 {
        try enter(child, &path)
      } else if size[index] == 0 {
        throw failure("it contains itself")
      }
    }
    // Only now: the size of the whole bounds the work on keys that are tuples of tuples.
    for index in dictionaries { try checkKeys(arena, arena.containers[Int(index)].items) }
  }

  private func failure(_ reason: String) -> NNXError {
    NNXError(.invalidCheckpoint, "\(source) is not a valid checkpoint: \(reason)")
  }

  private mutating func enter(
    _ node: Int32, _ path: inout [(node: Int32, next: Int)]
  ) throws(NNXError) {
    guard path.count < PickleAudit.deepest else { throw tooDeep }
    height[Int(node)] = 1
    path.append((node, 0))
  }

  private var tooDeep: NNXError { failure("more than \(PickleAudit.deepest) levels") }

  /// All children of `node` are known: sums them up.
  private mutating func leave(_ arena: Pickle.Arena, _ node: Int32) throws(NNXError) {
    var total = 1
    var highest = 0
    var position = 0
    while let child = arena.child(position, of: node) {
      total += Int(size[Int(child)])
      highest = max(highest, Int(height[Int(child)]))
      position += 1
      guard total <= PickleAudit.largest else { throw failure("the pickle is too large") }
    }
    guard highest < PickleAudit.deepest else { throw tooDeep }
    size[Int(node)] = Int32(total)
    height[Int(node)] = UInt8(highest + 1)
    switch arena.nodes[Int(node)] {
    case .dictionary(let index), .orderedDictionary(let index):
      dictionaries.append(index)
    default: break
    }
  }

  /// What makes two keys equal in Python.
  private enum Key: Hashable {
    case none
    case int(Int)
    case float(Double)
    case text(ArraySlice<UInt8>)
    case bytes(ArraySlice<UInt8>)
    case tuple([Key])
    case scalar(ArraySlice<UInt8>)
    case global(PickleGlobal)
    indirect case call(PickleGlobal, Key)
    /// Equal to nothing else.
    case identity(Int32)
  }

  private func checkKeys(_ arena: Pickle.Arena, _ items: [Int32]) throws(NNXError) {
    var seen: Set<Key> = []
    for position in stride(from: 0, to: items.count, by: 2) {
      guard let key = key(arena, items[position]) else { throw failure("a key that is no key") }
      guard seen.insert(key).inserted else { throw failure("a key is repeated") }
    }
  }

  /// The depth of `node` has been checked already, so that this recursion is short.
  private func key(_ arena: Pickle.Arena, _ node: Int32) -> Key? {
    func slice(_ slice: Pickle.Slice) -> ArraySlice<UInt8> {
      arena.bytes[slice.start..<slice.start + Int(slice.count)]
    }
    switch arena.nodes[Int(node)] {
    case .none: return Key.none
    case .bool(let value): return .int(value ? 1 : 0)
    case .int(let value): return .int(value)
    case .float(let value): return Int(exactly: value).map { .int($0) } ?? .float(value)
    case .text(let text): return .text(slice(text))
    case .bytes(let bytes): return .bytes(slice(bytes))
    case .tuple(let elements):
      var keys: [Key] = []
      for child in arena.children[elements.start..<elements.start + Int(elements.count)] {
        guard let key = key(arena, child) else { return nil }
        keys.append(key)
      }
      return .tuple(keys)
    case .global(let global): return .global(global)
    case .object(let index): return self.key(arena, node, arena.objects[Int(index)])
    case .bigInteger: return .identity(node)
    case .list, .dictionary, .orderedDictionary, .set, .storage: return nil
    }
  }

  private func key(_ arena: Pickle.Arena, _ node: Int32, _ object: Pickle.Object) -> Key? {
    switch object.constructor {
    case .scalar:
      // `scalar(dtype, bytes)`.
      guard let value = arena.child(1, of: object.arguments),
        case .bytes(let bytes) = arena.nodes[Int(value)]
      else { return nil }
      return .scalar(arena.bytes[bytes.start..<bytes.start + Int(bytes.count)])
    case .size, .device, .inert:
      return key(arena, object.arguments).map { .call(object.constructor, $0) } ?? .identity(node)
    case .rebuildTensor, .rebuildParameter: return .identity(node)
    default: return nil
    }
  }
}
