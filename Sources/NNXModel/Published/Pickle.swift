import NNXSystem

/// The value that a pickle describes, as data: nodes that refer to each other by index.
///
/// A flat arena: shared values stay shared, nothing is copied or nested, and freeing it takes no
/// recursion, whatever a hostile file describes. Made by `PickleMachine`; read through `PickleValue`.
package final class Pickle: Sendable {
  /// A part of one of the pools: first element and count.
  struct Slice {
    var start: Int
    var count: Int32
  }

  enum Node {
    case none
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits, kept without its value.
    case bigInteger
    case float(Double)
    /// UTF-8 in `bytes`.
    case text(Slice)
    case bytes(Slice)
    /// Elements in `children`.
    case tuple(Slice)
    /// Index into `containers`.
    case list(Int32)
    case dictionary(Int32)
    case orderedDictionary(Int32)
    case set(Int32)
    case global(PickleGlobal)
    /// Index into `objects`.
    case object(Int32)
    /// A storage of a checkpoint: the node of the tuple that names it.
    case storage(Int32)
  }

  /// What a list, set or dictionary holds; a dictionary alternates keys and values.
  struct Container {
    var items: [Int32] = []
    /// Operand of BUILD (OrderedDict's attributes), or -1.
    var state: Int32 = -1
  }

  /// A constructor with its arguments, as written; nothing has been called.
  struct Object {
    var constructor: PickleGlobal
    var arguments: Int32
    /// Operand of BUILD, or -1.
    var state: Int32 = -1
  }

  /// Everything that the nodes refer to.
  struct Arena {
    var nodes: [Node] = []
    var children: [Int32] = []
    var containers: [Container] = []
    var objects: [Object] = []
    var bytes: [UInt8] = []

    /// The nodes that `node` refers to directly, one by one: `nil` behind the last.
    func child(_ position: Int, of node: Int32) -> Int32? {
      switch nodes[Int(node)] {
      case .none, .bool, .int, .bigInteger, .float, .text, .bytes, .global: nil
      case .tuple(let slice):
        position < Int(slice.count) ? children[slice.start + position] : nil
      case .list(let index), .dictionary(let index), .orderedDictionary(let index),
        .set(let index):
        child(position, of: containers[Int(index)])
      case .object(let index):
        switch position {
        case 0: objects[Int(index)].arguments
        case 1: objects[Int(index)].state < 0 ? nil : objects[Int(index)].state
        default: nil
        }
      case .storage(let tuple): position == 0 ? tuple : nil
      }
    }

    private func child(_ position: Int, of container: Container) -> Int32? {
      if position < container.items.count { return container.items[position] }
      return position == container.items.count && container.state >= 0 ? container.state : nil
    }

    func text(_ slice: Slice) -> String {
      String(decoding: bytes[slice.start..<slice.start + Int(slice.count)], as: UTF8.self)
    }
  }

  /// What the pickle is called in errors: its path.
  package let source: String
  let arena: Arena
  private let rootNode: Int32

  init(source: String, arena: Arena, root: Int32) {
    self.source = source
    self.arena = arena
    rootNode = root
  }

  /// The value that the pickle leaves behind.
  package var root: PickleValue { PickleValue(self, rootNode) }

  /// Reads a file that is one plain pickle (`plans.pkl`, `*.model.pkl`).
  ///
  /// - Throws: `file-not-found`, `unreadable`, `unsafe-pickle`, `invalid-checkpoint`.
  package convenience init(contentsOf path: String) throws(NNXError) {
    let file = try MappedFile(path)
    let (arena, root) = try file.withBytes { (bytes) throws(NNXError) in
      try Pickle.run(bytes, source: path)
    }
    self.init(source: path, arena: arena, root: root)
  }

  /// Reads bytes that are one plain pickle.
  ///
  /// - Parameter source: what to call them in errors.
  /// - Throws: `unsafe-pickle`, `invalid-checkpoint`.
  package convenience init(parsing bytes: [UInt8], source: String) throws(NNXError) {
    let (arena, root) = try bytes.withRawSpan { (bytes) throws(NNXError) in
      try Pickle.run(bytes, source: source)
    }
    self.init(source: source, arena: arena, root: root)
  }

  /// Reads all of `bytes` as one pickle.
  static func run(_ bytes: RawSpan, source: String) throws(NNXError) -> (Arena, root: Int32) {
    var machine = PickleMachine(source: source)
    let root = try machine.run(bytes)
    guard machine.position == bytes.byteCount else {
      throw machine.failure("bytes after the end", at: machine.position)
    }
    return (machine.arena, root)
  }
}
