import NNXSystem

extension Store {
  private var samples: String { "\(location.data)/samples" }
  private var sample: String { "\(samples)/\(lastComponent(Resource.phantom.rawValue))" }

  /// Removes the scan that came with a model, when no version of the model is left. What else lies beside
  /// it is a person's.
  func removeSample(of name: String) throws(NNXError) {
    guard name == "demo-ct", Folder.kind("\(location.data)/models/\(name)") == nil,
      Folder.kind(samples) != nil
    else { return }
    if (try? Digest.ofFile(sample, .sha256)) == Digest.sha256(Resource.phantom.bytes) {
      try Folder.remove(sample)
    }
    Folder.removeEmpty([samples])
  }

  /// A scan to try a model with, in the store's folder of samples; brought there when it is missing.
  ///
  /// - Returns: its path; `nil` for models that come without one.
  /// - Throws: `cannot-write`, `no-space`.
  package func sample(for model: InstalledModel) throws(NNXError) -> String? {
    guard model.name == "demo-ct", model.receipt.source.kind == .registry else { return nil }
    if Folder.kind(sample) == nil {
      guard !model.isShared else { return nil }
      try Folder.create(samples)
      try AtomicFile.write(Resource.phantom.bytes, to: sample)
    }
    return sample
  }
}
