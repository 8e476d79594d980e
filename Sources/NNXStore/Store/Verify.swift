import NNXSystem

/// Reads every byte of an installed model and compares it with the receipt.
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
  /// Sorted by path.
  package let files: [File]

  package var isClean: Bool { files.allSatisfy { $0.state == .ok } }

  /// - Parameter progress: `.verify` events in bytes.
  /// - Throws: `unreadable` when the folder itself cannot be read.
  package init(
    _ model: InstalledModel, progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) {
    var counter = ByteCounter(.verify, model.name, total: model.receipt.bytes, progress)
    var files: [File] = []
    for file in model.receipt.files {
      let path = "\(model.path)/\(file.path)"
      guard Folder.kind(path) != nil else {
        files.append(File(path: file.path, state: .missing, expected: file.sha256))
        continue
      }
      let digest = Digest(.sha256)
      do throws(NNXError) {
        try FileReader(path).forEachPiece { (piece) throws(NNXError) in
          digest.update(piece)
          counter.add(piece.byteCount)
        }
        let got = digest.finish()
        files.append(
          File(
            path: file.path, state: got == file.sha256 ? .ok : .changed, expected: file.sha256,
            got: got))
      } catch {
        files.append(File(path: file.path, state: .unreadable, expected: file.sha256))
      }
    }
    let known = Set(model.receipt.files.map(\.path) + [Receipt.fileName])
    for (path, _) in try Folder.files(below: model.path) where !known.contains(path) {
      files.append(File(path: path, state: .unknown))
    }
    counter.finish()
    self.model = model
    self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }
}
