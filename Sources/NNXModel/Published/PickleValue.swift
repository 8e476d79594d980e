import NNXSystem

/// A place in a pickle, read as what it should be; every question answers `nil` when it is not.
package struct PickleValue: Sendable {
  package let pickle: Pickle
  let node: Int32

  init(_ pickle: Pickle, _ node: Int32) {
    self.pickle = pickle
    self.node = node
  }

  var content: Pickle.Node { pickle.arena.nodes[Int(node)] }

  func at(_ node: Int32) -> PickleValue { PickleValue(pickle, node) }

  package var isNone: Bool {
    if case .none = content { true } else { false }
  }

  package var text: String? {
    guard case .text(let slice) = content else { return nil }
    return pickle.arena.text(slice)
  }

  package var bytes: ArraySlice<UInt8>? {
    guard case .bytes(let slice) = content else { return nil }
    return pickle.arena.bytes[slice.start..<slice.start + Int(slice.count)]
  }

  /// A Python bool, or a NumPy one.
  package var bool: Bool? {
    if case .bool(let value) = content { return value }
    guard let scalar, scalar.type.kind == "b" else { return nil }
    return scalar.value != 0
  }

  /// A whole number, Python's or NumPy's; also a float without fraction, as `astype(int)` takes it.
  package var int: Int? {
    switch content {
    case .int(let value): value
    default: double.flatMap { Int(exactly: $0) }
    }
  }

  /// A number, Python's or NumPy's.
  package var double: Double? {
    switch content {
    case .int(let value): Double(value)
    case .float(let value): value
    default: scalar?.value
    }
  }

  /// The elements of a list, tuple or `torch.Size`.
  package var elements: [PickleValue]? {
    switch content {
    case .tuple(let slice):
      pickle.arena.children[slice.start..<slice.start + Int(slice.count)].map(at)
    case .list(let index):
      pickle.arena.containers[Int(index)].items.map(at)
    case .object(let index) where pickle.arena.objects[Int(index)].constructor == .size:
      at(pickle.arena.objects[Int(index)].arguments).elements?.first?.elements
    default: nil
    }
  }

  /// Numbers of a list, a tuple or a NumPy array of one axis.
  var doubles: [Double]? {
    if let array { return array.shape.count == 1 ? array.values : nil }
    guard let elements else { return nil }
    let values = elements.compactMap(\.double)
    return values.count == elements.count ? values : nil
  }

  /// Whole numbers of a list, a tuple or a NumPy array of one axis.
  package var ints: [Int]? {
    guard let doubles else { return nil }
    let values = doubles.compactMap { Int(exactly: $0) }
    return values.count == doubles.count ? values : nil
  }

  /// Rows of whole numbers: a list of lists, or a NumPy array of two axes.
  package var intRows: [[Int]]? {
    if let array, array.shape.count == 2 {
      let width = array.shape[1]
      let values = array.values.compactMap { Int(exactly: $0) }
      guard width > 0, values.count == array.values.count else { return nil }
      return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }
    guard let elements else { return nil }
    let rows = elements.compactMap(\.ints)
    return rows.count == elements.count ? rows : nil
  }

  /// The keys and values of a dictionary in their order.
  package var pairs: [(key: PickleValue, value: PickleValue)]? {
    switch content {
    case .dictionary(let index), .orderedDictionary(let index):
      let items = pickle.arena.containers[Int(index)].items
      return stride(from: 0, to: items.count, by: 2).map { (at(items[$0]), at(items[$0 + 1])) }
    default: return nil
    }
  }

  /// The value of a dictionary's key; `nil` when there is none.
  package subscript(key: String) -> PickleValue? {
    pairs?.first { $0.key.text == key }?.value
  }

  /// The value of a dictionary whose keys are numbers.
  package subscript(key: Int) -> PickleValue? {
    pairs?.first { $0.key.int == key }?.value
  }
}
