import NNXSystem

/// Compares an installed model with its receipt: names and sizes, or every byte.
package struct Verify: Sendable {
  package enum FileState: String, Sendable {
    case ok, missing, changed
    /// In the folder, but not in the receipt.
    case unknown
    /// The disk would not give it.
    case unreadable
  }

  package struct File: Sendable {
    /// Relative to the model's folder.
    package var path: String
    package var state: FileState
    package var expected: String?
    package var got: String?
  }

  package let model: InstalledModel
  /// Whether every byte was read.
  package let isDeep: Bool
  /// Sorted by path.
  package let files: [File]

  package var isClean: Bool { damaged.isEmpty }

  /// What is not as it should be.
  package var damaged: [File] { files.filter { $0.state != .ok && $0.state != .unknown } }

  /// What lies in the folder and was not put there by nnx: no damage, and never removed.
  package var others: [File] { files.filter { $0.state == .unknown } }

  /// - Parameters:
  ///   - isDeep: hash everything; else names and sizes alone are compared.
  ///   - progress: `.verify` events in bytes.
  /// - Throws: `unreadable` when the folder itself cannot be read.
  package init(
    _ model: InstalledModel, isDeep: Bool = true, progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) {
    let counter = SharedCounter(
      ByteCounter(.verify, model.name, total: model.receipt.bytes, progress))
    let expected = model.receipt.files
    let found = Shared<[File?]>(Array(repeating: nil, count: expected.count))
    try Parallel.forEach(expected.count) { (index) throws(NNXError) in
      let file = Verify.check(expected[index], in: model.path, isDeep: isDeep, counter)
      found.change { $0[index] = file }
    }
    var files = found.value.compactMap(\.self)
    let known = Set(expected.map(\.path) + [Receipt.fileName])
    for (path, _) in try Folder.files(below: model.path) where !known.contains(path) {
      files.append(File(path: path, state: .unknown))
    }
    if isDeep { counter.finish() }
    self.model = model
    self.isDeep = isDeep
    self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static func check(
    _ file: Receipt.File, in folder: String, isDeep: Bool, _ counter: SharedCounter
  ) -> File {
    let path = "\(folder)/\(file.path)"
    func result(_ state: FileState, _ got: String? = nil) -> File {
      File(path: file.path, state: state, expected: file.sha256, got: got)
    }
    guard let kind = Folder.kind(path) else { return result(.missing) }
    guard isDeep else { return result(kind == .file(size: file.size) ? .ok : .changed) }
    let digest = Digest(.sha256)
    do throws(NNXError) {
      try FileReader(path).forEachPiece { (piece) throws(NNXError) in
        digest.update(piece)
        counter.add(piece.byteCount)
      }
    } catch { return result(.unreadable) }
    let got = digest.finish()
    return result(got == file.sha256 && kind == .file(size: file.size) ? .ok : .changed, got)
  }

  /// What vouches for the files, strongest first: `zenodo md5 > zip sha256 > fold > weights`.
  package var chain: String {
    let archives = model.receipt.source.archives
    guard archives.allSatisfy(\.isWhole) else {
      return "archive not seen whole; members by CRC-32, sha256 noted at first sight"
    }
    let isOnZenodo = archives.allSatisfy { $0.record != nil && $0.md5 != nil }
    if archives.allSatisfy(\.isPinned) {
      return "chain: \(isOnZenodo ? "zenodo md5 > " : "")zip sha256 > fold > weights"
    }
    if isOnZenodo { return "archive md5 only (no sha256 pinned)" }
    return "zip sha256 noted at install > fold > weights"
  }
}
