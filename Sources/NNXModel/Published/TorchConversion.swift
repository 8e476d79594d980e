import NNXSystem

/// Elements of torch storages as float32.
enum TorchConversion {
  /// The elements of `tensor` in C order.
  ///
  /// - Parameter storage: all bytes of its storage, little-endian; `tensor` must fit into it.
  static func floats(_ storage: RawSpan, _ tensor: TorchTensor) -> [Float] {
    let count = tensor.count
    let part = storage.extracting(
      tensor.offset * tensor.element.size..<(tensor.offset + count) * tensor.element.size)
    var stored: [Float] = []
    stored.reserveCapacity(count)
    for index in 0..<count { stored.append(float(part, index, tensor.element)) }
    return tensor.isContiguous ? stored : inOrder(stored, tensor)
  }

  @inline(__always)
  private static func float(_ bytes: RawSpan, _ index: Int, _ element: TorchElement) -> Float {
    switch element {
    case .float32: Float(bitPattern: bytes.littleEndian(UInt32.self, at: index * 4))
    case .float64: Float(Double(bitPattern: bytes.littleEndian(UInt64.self, at: index * 8)))
    case .float16: Float(Double(float16: bytes.littleEndian(UInt16.self, at: index * 2)))
    case .bfloat16:
      Float(bitPattern: UInt32(bytes.littleEndian(UInt16.self, at: index * 2)) << 16)
    default: preconditionFailure("weights of type \(element)")
    }
  }

  /// Elements that lie in the order of the strides, put into C order.
  private static func inOrder(_ stored: [Float], _ tensor: TorchTensor) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(stored.count)
    var position = Array(repeating: 0, count: tensor.shape.count)
    for _ in 0..<stored.count {
      values.append(stored[zip(position, tensor.strides).reduce(0) { $0 + $1.0 * $1.1 }])
      for axis in tensor.shape.indices.reversed() {
        position[axis] += 1
        if position[axis] < tensor.shape[axis] { break }
        position[axis] = 0
      }
    }
    return values
  }
}
