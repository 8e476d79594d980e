internal import NNXTensor

/// The memory of a network's packed weights, which all its replicas share: they are packed once.
final class WeightMemory {
  private var buffers: [String: Buffer<Float>] = [:]

  /// Memory for the weights of one layer, the same for each replica.
  ///
  /// - Parameter name: of the tensor they come from.
  func buffer(_ name: String, count: Int) -> Buffer<Float> {
    if let buffer = buffers[name] {
      precondition(buffer.count == count, "replicas that pack \(name) in two ways")
      return buffer
    }
    let buffer = Buffer<Float>(count, staysInMemory: true)
    buffers[name] = buffer
    return buffer
  }

  var bytes: Int { buffers.values.reduce(0) { $0 + $1.bytes } }
}
