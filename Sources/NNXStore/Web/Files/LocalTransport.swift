import NNXSystem

/// Files that are on this machine already: given by path, or shipped with the registry.
struct LocalTransport: Transport {
  func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    guard let path = file.urls.first else {
      throw NNXError(.bug, "\(file.name) has no address")
    }
    let reader = try EmbeddedFile.open(path)
    let counter = SharedCounter(
      ByteCounter(.verify, file.name, total: reader.count, progress))
    let algorithms = [Digest.Algorithm.sha256, .md5]
    let digests = Shared<[Digest.Algorithm: String]>([:])
    // Each with a processor of its own; the second finds the bytes in memory.
    try Parallel.forEach(algorithms.count) { (index) throws(NNXError) in
      let algorithm = algorithms[index]
      let digest = Digest(algorithm)
      try reader.forEachPiece { (piece) throws(NNXError) in
        digest.update(piece)
        if algorithm == .sha256 { counter.add(piece.byteCount) }
      }
      let text = digest.finish()
      digests.change { $0[algorithm] = text }
    }
    counter.finish()
    let fetched = FetchedFile(
      file: reader, size: reader.count, md5: digests.value[.md5] ?? "",
      sha256: digests.value[.sha256] ?? "", source: path, transferred: 0, isTemporary: false)
    try file.check(
      size: fetched.size, md5: fetched.md5, sha256: fetched.sha256, from: path)
    return fetched
  }
}
