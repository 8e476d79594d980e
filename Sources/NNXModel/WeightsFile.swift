import NNXSystem

/// The native weights of one fold: a mapped file in a profile of safetensors (docs/format/weights.md).
///
/// Everything that the header says is checked when the file is opened; reading a tensor afterwards
/// only takes a part of the mapping.
package final class WeightsFile: WeightSource, Sendable {
  /// Where a tensor lies.
  package struct Entry: Equatable, Sendable {
    package var name: String
    /// Extent of each axis, slowest first.
    package var shape: [Int]
    /// First byte of the tensor in the file.
    package var offset: Int

    /// Number of elements.
    package var count: Int { shape.reduce(1, *) }
  }

  package let path: String
  /// In the order of the file, without padding.
  package let entries: [Entry]
  /// The texts of `__metadata__`.
  package let metadata: [String: String]
  private let byName: [String: Int]
  private let file: MappedFile

  /// Maps the file and checks its header.
  ///
  /// - Throws: `file-not-found`, `unreadable`; `integrity` when it breaks a rule of the format.
  package convenience init(_ path: String) throws(NNXError) {
    try self.init(try MappedFile(path))
  }

  init(_ file: MappedFile) throws(NNXError) {
    let header = try file.withBytes { (bytes) throws(NNXError) in
      try WeightsHeader(bytes, path: file.path)
    }
    self.file = file
    path = file.path
    entries = header.entries
    metadata = header.metadata
    byName = Dictionary(
      uniqueKeysWithValues: header.entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  package func shape(of name: String) -> [Int]? { byName[name].map { entries[$0].shape } }

  /// Calls `body` with a tensor, whose memory is given back then: networks read each once and keep it packed.
  package func withTensor<Result>(
    _ name: String, _ body: (Span<Float>) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    guard let index = byName[name] else {
      throw WeightsHeader.failure(path, "the tensor '\(name)' is missing")
    }
    try file.checkUnchanged()
    let entry = entries[index]
    // In bounds and aligned to 4 bytes: the header was checked.
    let part = entry.offset..<entry.offset + entry.count * 4
    defer { file.release(part) }
    return try file.withValues(Float.self, in: part, body)
  }

  /// Checks that the file holds exactly the tensors of a network.
  ///
  /// - Throws: `integrity`.
  package func check(_ architecture: Architecture) throws(NNXError) {
    let parameters = architecture.parameters
    for parameter in parameters where shape(of: parameter.name) != parameter.shape {
      throw WeightsHeader.failure(
        path,
        "the tensor '\(parameter.name)' is \(shape(of: parameter.name)?.description ?? "missing")"
          + " instead of \(parameter.shape)")
    }
    guard parameters.count == entries.count else {
      throw WeightsHeader.failure(
        path, "\(entries.count) tensors instead of \(parameters.count)")
    }
  }

  /// The SHA-256 of the file, in lower-case hexadecimal digits; holds a piece of it at a time.
  package func digest() -> String {
    let digest = Digest(.sha256)
    let piece = 4 << 20
    for start in stride(from: 0, to: file.count, by: piece) {
      let part = start..<min(start + piece, file.count)
      file.withBytes { digest.update($0.extracting(part)) }
      file.release(part)
    }
    return digest.finish()
  }
}
