import NNXSystem

extension Store {
  private var samples: String { "\(location.data)/samples" }

  /// Removes the scan that came with a model, when no version of the model is left. What else lies beside
  /// it is a person's.
  func removeSample(of name: String) throws(NNXError) {
    guard name == "demo-ct", Folder.kind("\(location.data)/models/\(name)") == nil,
      Folder.kind(samples) != nil
    else { return }
    let path = "\(samples)/\(lastComponent(Resource.phantom.rawValue))"
    if let file = try? FileReader(path), file.count == Resource.phantom.bytes.count,
      try file.bytes(at: 0, count: file.count) == Resource.phantom.bytes
    {
      try Folder.remove(path)
    }
    if try Folder.entries(samples).isEmpty { try Folder.remove(samples) }
  }

  /// A scan to try a model with, in the store's folder of samples; brought there when it is missing.
  ///
  /// - Returns: its path; `nil` for models that come without one.
  /// - Throws: `cannot-write`, `no-space`.
  package func sample(for model: InstalledModel) throws(NNXError) -> String? {
    guard model.name == "demo-ct", model.receipt.source.kind == .registry else { return nil }
    let path = "\(samples)/\(lastComponent(Resource.phantom.rawValue))"
    if Folder.kind(path) == nil {
      guard !model.isShared else { return nil }
      try Folder.create(samples)
      let file = try AtomicFile(path)
      try file.write(Resource.phantom.bytes)
      try file.commit()
    }
    return path
  }
}
