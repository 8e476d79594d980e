import NNXSystem

/// Writes a weights file tensor by tensor; never holds more than one of them.
package final class WeightsWriter {
  private let path: String
  private let file: AtomicFile
  private let digest = Digest(.sha256)
  private let parameters: [Architecture.Parameter]
  private let headerSize: Int
  private var next = 0

  /// Begins the file with the header of `parameters`.
  ///
  /// - Parameter notes: further texts for `__metadata__`, in the order to write them.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  package init(
    _ path: String, parameters: [Architecture.Parameter], notes: [(String, String)] = []
  ) throws(NNXError) {
    self.path = path
    self.parameters = parameters
    let header = WeightsWriter.header(parameters, notes)
    headerSize = header.count
    file = try AtomicFile(path)
    try write(header)
  }

  /// Appends the next tensor.
  ///
  /// - Parameters:
  ///   - name: must be that of the next parameter.
  ///   - values: in C order.
  /// - Throws: `no-space`, `unreadable`.
  package func append(_ name: String, _ values: Span<Float>) throws(NNXError) {
    let parameter = parameters[next]
    precondition(name == parameter.name, "'\(name)' instead of '\(parameter.name)'")
    precondition(
      values.count == parameter.shape.reduce(1, *), "\(values.count) values in '\(name)'")
    next += 1
    try values.withRawSpan { (bytes) throws(NNXError) in
      digest.update(bytes)
      try file.write(bytes)
    }
    if next < parameters.count {
      try write(Array(repeating: 0, count: WeightsWriter.gap(behind: file.count)))
    }
  }

  /// Makes the file visible and durable.
  ///
  /// - Returns: the SHA-256 of the file, in lower-case hexadecimal digits.
  package func commit() throws(NNXError) -> String {
    precondition(next == parameters.count, "\(next) of \(parameters.count) tensors were written")
    try file.commit()
    return digest.finish()
  }

  private func write(_ bytes: [UInt8]) throws(NNXError) {
    digest.update(bytes)
    try file.write(bytes)
  }

  private static func gap(behind count: Int) -> Int {
    (WeightsHeader.alignment - count % WeightsHeader.alignment) % WeightsHeader.alignment
  }

  /// Length and JSON text, filled with spaces to a multiple of the alignment.
  private static func header(
    _ parameters: [Architecture.Parameter], _ notes: [(String, String)]
  ) -> [UInt8] {
    let metadata =
      [("format", WeightsHeader.format), ("version", WeightsHeader.version)] + notes
    var members = [
      OrderedJSON.Member(
        "__metadata__", .object(metadata.map { OrderedJSON.Member($0.0, .string($0.1)) }))
    ]
    var offset = 0
    func add(_ name: String, _ type: String, _ shape: [Int], _ size: Int) {
      let entry: OrderedJSON = .object([
        OrderedJSON.Member("dtype", .string(type)), OrderedJSON.Member("shape", OrderedJSON(shape)),
        OrderedJSON.Member("data_offsets", OrderedJSON([offset, offset + size])),
      ])
      members.append(OrderedJSON.Member(name, entry))
      offset += size
    }
    for (index, parameter) in parameters.enumerated() {
      add(parameter.name, "F32", parameter.shape, 4 * parameter.shape.reduce(1, *))
      let gap = gap(behind: offset)
      if gap > 0, index < parameters.count - 1 {
        add("\(WeightsHeader.padding)\(index)", "U8", [gap], gap)
      }
    }
    var text = Array(OrderedJSON.object(members).text().utf8)
    text += Array(repeating: UInt8(ascii: " "), count: gap(behind: 8 + text.count))
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return length + text
  }
}
