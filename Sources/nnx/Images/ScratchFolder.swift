import NNXSystem

/// A folder for what is unpacked only to be looked at; removed with the value.
final class ScratchFolder {
  let path: String

  /// - Throws: `cannot-write`.
  init() throws(NNXError) {
    let parent = processEnvironment()["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    path = "\(parent)/nnx-inspect-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try Folder.create(path)
  }

  deinit { try? Folder.remove(path) }
}
