import NNXSystem

/// Names and the objects that are made of them: tokens and their arguments, never calls.
extension PickleMachine {
  mutating func pushGlobal(
    _ module: String, _ name: String, _ bytes: RawSpan
  ) throws(NNXError) {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw refusal(PickleScan.printable("\(module).\(name)"), bytes)
    }
    push(.global(global))
  }

  private func elements(_ node: Int32) -> [Int32]? {
    switch arena.nodes[Int(node)] {
    case .tuple(let slice): Array(arena.children[slice.start..<slice.start + Int(slice.count)])
    case .list(let index): arena.containers[Int(index)].items
    default: nil
    }
  }

  mutating func reduce() throws(NNXError) {
    let arguments = try pop()
    guard case .global(let constructor) = arena.nodes[Int(try pop())],
      case .tuple = arena.nodes[Int(arguments)], let list = elements(arguments)
    else { throw failure("REDUCE of something that is no allowed name") }
    switch constructor {
    case .orderedDictionary:
      push(.orderedDictionary(newContainer(try pairs(list))))
    case .counter:
      guard let first = list.first, case .dictionary(let index) = arena.nodes[Int(first)] else {
        return push(.dictionary(newContainer()))
      }
      push(.dictionary(newContainer(arena.containers[Int(index)].items)))
    case .encode:
      push(.bytes(try latin1(list)))
    case .bytes, .byteArray:
      if list.isEmpty { return push(.bytes(Pickle.Slice(start: 0, count: 0))) }
      if list.count == 2 { return push(.bytes(try latin1(list))) }
      guard list.count == 1, case .bytes = arena.nodes[Int(list[0])] else {
        throw failure("bytes that are made from no bytes")
      }
      stack.append(list[0])
    case .rebuildTensor, .rebuildParameter, .device, .size, .reconstruct, .scalar, .fromBuffer,
      .dtype, .set, .inert:
      pushObject(constructor, arguments)
    case .storage, .ndarray, .keepLargestComponent: throw failure("REDUCE of a class")
    }
  }

  private mutating func pushObject(_ constructor: PickleGlobal, _ arguments: Int32) {
    arena.objects.append(Pickle.Object(constructor: constructor, arguments: arguments))
    push(.object(Int32(arena.objects.count - 1)))
  }

  /// `class.__new__(class, *arguments)`, which fills no dictionary and no bytearray.
  mutating func newObject() throws(NNXError) {
    let arguments = try pop()
    guard case .global(let constructor) = arena.nodes[Int(try pop())],
      case .tuple = arena.nodes[Int(arguments)]
    else { throw failure("NEWOBJ of something that is no allowed name") }
    switch constructor {
    case .orderedDictionary: push(.orderedDictionary(newContainer()))
    case .counter: push(.dictionary(newContainer()))
    case .byteArray: push(.bytes(Pickle.Slice(start: 0, count: 0)))
    case .set: push(.set(newContainer()))
    case .size, .inert: pushObject(constructor, arguments)
    default: throw failure("NEWOBJ of something that is made by a call")
    }
  }

  /// The keys and values of `OrderedDict()` and `OrderedDict([[key, value], …])`.
  private func pairs(_ arguments: [Int32]) throws(NNXError) -> [Int32] {
    guard let first = arguments.first else { return [] }
    guard arguments.count == 1, case .list(let index) = arena.nodes[Int(first)] else {
      throw failure("an OrderedDict of something that is no list")
    }
    var items: [Int32] = []
    for pair in arena.containers[Int(index)].items {
      guard let pair = elements(pair), pair.count == 2 else {
        throw failure("an OrderedDict of something that is no pair")
      }
      items += pair
    }
    return items
  }

  /// The bytes of `_codecs.encode(text, "latin1")`, which is how protocol 2 carries bytes.
  private mutating func latin1(_ arguments: [Int32]) throws(NNXError) -> Pickle.Slice {
    guard arguments.count == 2, case .text(let text) = arena.nodes[Int(arguments[0])],
      case .text(let codec) = arena.nodes[Int(arguments[1])],
      ["latin1", "latin-1"].contains(arena.text(codec))
    else { throw failure("bytes in an encoding other than latin1") }
    var bytes: [UInt8] = []
    for scalar in arena.text(text).unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else {
        throw failure("a character outside of latin1")
      }
      bytes.append(byte)
    }
    return store(bytes)
  }

  mutating func build() throws(NNXError) {
    let state = try pop()
    switch (arena.nodes[Int(try top())], arena.nodes[Int(state)]) {
    case (.orderedDictionary(let index), .dictionary)
    where arena.containers[Int(index)].state < 0:
      arena.containers[Int(index)].state = state
    case (.object(let index), _)
    where arena.objects[Int(index)].constructor.isInert && arena.objects[Int(index)].state < 0:
      arena.objects[Int(index)].state = state
    case (.object(let index), .tuple) where arena.objects[Int(index)].state < 0:
      switch arena.objects[Int(index)].constructor {
      case .dtype, .reconstruct: arena.objects[Int(index)].state = state
      default: throw failure("BUILD of something that takes no state")
      }
    default: throw failure("BUILD of something that takes no state")
    }
  }

  /// A storage of the checkpoint: `("storage", class, key, device, count)`, and in files before
  /// torch 1.6 a sixth element that is `None`.
  mutating func pushStorage() throws(NNXError) {
    let tuple = try pop()
    guard case .tuple = arena.nodes[Int(tuple)], let parts = elements(tuple),
      parts.count == 5 || parts.count == 6,
      case .text(let kind) = arena.nodes[Int(parts[0])], arena.text(kind) == "storage",
      case .global(let type) = arena.nodes[Int(parts[1])], type.elementType != nil,
      case .text(let key) = arena.nodes[Int(parts[2])],
      case .text = arena.nodes[Int(parts[3])],
      case .int(let count) = arena.nodes[Int(parts[4])], count >= 0
    else { throw failure("a persistent id that is no storage") }
    if parts.count == 6 {
      guard case .none = arena.nodes[Int(parts[5])] else {
        throw failure("a storage that is a view of another")
      }
    }
    let name = arena.bytes[key.start..<key.start + Int(key.count)]
    guard (1...20).contains(name.count), name.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw failure("a storage whose key is no number")
    }
    push(.storage(tuple))
  }
}
