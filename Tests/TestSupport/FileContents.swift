import NNXSystem

/// The bytes of a file; empty when there is none.
public func bytes(of path: String) -> [UInt8] {
  guard let file = try? FileReader(path) else { return [] }
  return (try? file.bytes(at: 0, count: file.count)) ?? []
}

extension TemporaryFolder {
  /// All files below, relative, sorted, without folders.
  public var files: [String] { ((try? Folder.files(below: path)) ?? []).map(\.path) }
}
