import NNXSystem

/// A tensor of a checkpoint: which part of which storage, and in which order.
package struct TorchTensor: Equatable, Sendable {
  /// Key of the storage.
  package var key: String
  package var element: TorchElement
  /// Elements of the whole storage.
  var storageCount: Int
  /// First element.
  package var offset: Int
  /// Extent of each axis, slowest first.
  package var shape: [Int]
  /// Distance between neighbours along each axis, in elements.
  var strides: [Int]

  /// Number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// Whether the elements lie in C order.
  var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      guard stride == expected else { return false }
      expected *= extent
    }
    return true
  }
}

extension PickleValue {
  static let highestRank = 8

  /// The storage that a persistent id names.
  var storage: (key: String, element: TorchElement, count: Int)? {
    guard case .storage(let tuple) = content, let parts = at(tuple).elements, parts.count >= 5,
      case .global(let type) = parts[1].content, let element = type.elementType,
      let key = parts[2].text, let count = parts[4].int
    else { return nil }
    return (key, element, count)
  }

  /// The tensor that `_rebuild_tensor_v2(storage, offset, shape, strides, …)` would make.
  ///
  /// Its elements must fill one unbroken run of the storage; any order of the axes is fine
  /// (`channels_last`), overlapping or skipping is not.
  ///
  /// - Parameter name: what to call it in errors.
  /// - Throws: `invalid-checkpoint`.
  func tensor(_ name: String) throws(NNXError) -> TorchTensor {
    func failure(_ reason: String) -> NNXError {
      .invalidCheckpoint(pickle.source, "the tensor '\(printable(name))' \(reason)")
    }
    guard case .object(let index) = content else { throw failure("is no tensor") }
    let object = pickle.arena.objects[Int(index)]
    guard let arguments = at(object.arguments).elements else { throw failure("is no tensor") }
    if object.constructor == .rebuildParameter, let inner = arguments.first,
      case .object(let index) = inner.content,
      pickle.arena.objects[Int(index)].constructor == .rebuildTensor
    {
      return try inner.tensor(name)
    }
    guard object.constructor == .rebuildTensor, arguments.count == 6 || arguments.count == 7,
      let storage = arguments[0].storage, let offset = arguments[1].int, offset >= 0,
      let shape = arguments[2].elements?.map(\.int),
      let strides = arguments[3].elements?.map(\.int),
      shape.count == strides.count, shape.count <= PickleValue.highestRank
    else { throw failure("is no plain tensor") }
    var tensor = TorchTensor(
      key: storage.key, element: storage.element, storageCount: storage.count, offset: offset,
      shape: [], strides: [])
    var count = 1
    for (extent, stride) in zip(shape, strides) {
      guard let extent, let stride, extent > 0, stride >= 0 else {
        throw failure("has an empty or negative axis")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= storage.count else { throw failure("is larger than its storage") }
      count = product
      tensor.shape.append(extent)
      tensor.strides.append(stride)
    }
    guard offset <= storage.count - count else { throw failure("ends behind its storage") }
    var expected = 1
    let axes = tensor.shape.indices.filter { tensor.shape[$0] != 1 }
    for axis in axes.sorted(by: { tensor.strides[$0] < tensor.strides[$1] }) {
      guard tensor.strides[axis] == expected else { throw failure("does not fill its storage") }
      expected *= tensor.shape[axis]
    }
    return tensor
  }
}
