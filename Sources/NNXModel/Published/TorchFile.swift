import NNXArchive
import NNXSystem

/// A file that `torch.save` wrote, in any of its containers: one pickle and its storages.
final class TorchFile: Sendable {
  private enum Container: Sendable {
    case zip(TorchZip)
    case legacy([String: (offset: Int, count: Int)])
  }

  let path: String
  /// The object that was saved.
  let pickle: Pickle
  private let file: MappedFile
  private let container: Container

  /// Bytes of a `data.pkl`; the largest seen have some ten million.
  static let largestPickle = 1 << 26

  /// Opens the file and reads its pickle; tensors are read one by one later.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `unsafe-pickle`, `invalid-checkpoint`.
  init(_ path: String) throws(NNXError) {
    let file = try MappedFile(path)
    (pickle, container) = try file.withBytes { (bytes) throws(NNXError) in
      try TorchFile.open(file, bytes)
    }
    self.file = file
    self.path = path
  }

  private static func open(
    _ file: MappedFile, _ bytes: RawSpan
  ) throws(NNXError) -> (Pickle, Container) {
    let path = file.path
    func starts(with magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.byteCount >= offset + magic.count
        && bytes.copy(offset..<offset + magic.count) == magic
    }
    if starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      let zip = try TorchZip(file)
      return (try pickle(of: zip, path), .zip(zip))
    }
    if starts(with: TorchLegacy.magic) {
      let legacy = try TorchLegacy(bytes, source: path)
      return (legacy.pickle, .legacy(legacy.storages))
    }
    if starts(with: Array("ustar".utf8), at: 257) {
      throw .invalidCheckpoint(path, "it is a tar archive, which nnU-Net never writes")
    }
    if starts(with: Array("<!".utf8)) || starts(with: Array("<html".utf8)) {
      throw .invalidCheckpoint(path, "it is a web page")
    }
    throw .invalidCheckpoint(path, "it is neither a zip nor a file of torch before 1.6")
  }

  private static func pickle(of zip: TorchZip, _ path: String) throws(NNXError) -> Pickle {
    guard zip.members["constants.pkl"] == nil else {
      throw NNXError(
        .unsafePickle, "\(path) is a TorchScript program; refused",
        details: ["nnx reads models as data and never runs code from them"])
    }
    guard let member = zip.members["data.pkl"] else {
      throw .invalidCheckpoint(path, "it holds no data.pkl")
    }
    guard member.size <= largestPickle else {
      throw .invalidCheckpoint(path, "its data.pkl has \(member.size) bytes")
    }
    if let order = zip.members["byteorder"] {
      guard order.size <= 16,
        try zip.withContent(
          of: order,
          { (content) throws(NNXError) in content.copy(0..<content.byteCount) })
          == Array("little".utf8)
      else { throw .invalidCheckpoint(path, "it was written on a big-endian machine") }
    }
    return try zip.withContent(of: member) { (content) throws(NNXError) in
      let (arena, root) = try Pickle.run(content, source: path)
      return Pickle(source: path, arena: arena, root: root)
    }
  }

  /// The values of a tensor as float32 in C order.
  ///
  /// - Parameter name: what to call it in errors.
  /// - Throws: `invalid-checkpoint` when the storage is missing, of another size, damaged, of a type
  ///   that weights cannot have, or holds a value that is not finite; `unreadable`.
  func values(_ tensor: TorchTensor, _ name: String) throws(NNXError) -> [Float] {
    guard tensor.element.isFloatingPoint else {
      throw .invalidCheckpoint(path, "the tensor '\(name)' has elements of type \(tensor.element)")
    }
    try file.checkUnchanged()
    let values = try file.withBytes { (bytes) throws(NNXError) in
      try withStorage(tensor, bytes) { (storage) throws(NNXError) in
        TorchConversion.floats(storage, tensor)
      }
    }
    let bad = values.reduce(into: 0) { $0 += $1.isFinite ? 0 : 1 }
    guard bad == 0 else {
      throw .invalidCheckpoint(
        path,
        "the tensor '\(name)' holds "
          + (bad == 1 ? "a value that is not finite" : "\(bad) values that are not finite"))
    }
    return values
  }

  private func withStorage<Result>(
    _ tensor: TorchTensor, _ bytes: RawSpan, _ body: (RawSpan) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    let (size, overflow) = tensor.storageCount.multipliedReportingOverflow(by: tensor.element.size)
    func wrongSize(_ found: Int) -> NNXError {
      .invalidCheckpoint(
        path, "the storage \(tensor.key) has \(found) bytes instead of \(overflow ? -1 : size)")
    }
    switch container {
    case .zip(let zip):
      guard let member = zip.members["data/\(tensor.key)"] else {
        throw .invalidCheckpoint(path, "the storage \(tensor.key) is missing")
      }
      guard !overflow, member.size == size else { throw wrongSize(member.size) }
      defer { file.release(member.extent) }
      return try zip.withContent(of: member, body)
    case .legacy(let storages):
      guard let storage = storages[tensor.key] else {
        throw .invalidCheckpoint(path, "the storage \(tensor.key) is missing")
      }
      guard !overflow, storage.count == tensor.storageCount else {
        throw wrongSize(storage.count * tensor.element.size)
      }
      defer { file.release(storage.offset..<storage.offset + size) }
      return try body(bytes.extracting(storage.offset..<storage.offset + size))
    }
  }
}
