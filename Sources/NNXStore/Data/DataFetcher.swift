import NNXSystem

/// Brings data sets into the store: asks what the record holds, fetches (resumed, tried again, hashed on the
/// way), unpacks beside what is there, commits by one rename.
package struct DataFetcher {
  package struct Result: Sendable {
    package let data: FetchedData
    /// Whether they were here before, so that nothing was done.
    package let wasHere: Bool
    /// Bytes that crossed the network.
    package let downloaded: Int
  }

  private let store: Store
  private let transport: any Transport
  private let web: Web

  package init(store: Store, transport: any Transport, asking web: Web) {
    (self.store, self.transport, self.web) = (store, transport, web)
  }

  /// - Parameters:
  ///   - archive: of this machine, to take instead of the record's; nothing vouches for it.
  /// - Throws: `integrity`, `unsafe-archive`, `corrupt-archive`, `not-a-zip`, `offline`, `no-space`,
  ///   `cannot-write`, and what `Transport.fetch` throws; nothing changed then.
  package func fetch(
    _ set: DataSet, from archive: String? = nil, onWait: () -> Void = {},
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> Result {
    let version = archive == nil ? "\(set.record)" : FetchedData.local
    let lock = try store.location.lock("data-\(set.name)", onWait: onWait)
    defer { withExtendedLifetime(lock) {} }
    let here = store.fetchedData().first { $0.name == set.name && $0.version == version }
    if archive == nil, let here { return Result(data: here, wasHere: true, downloaded: 0) }
    Staging.sweep(store.location)
    let brought = archive.map { RemoteFile(name: lastComponent($0), urls: [$0]) }
    let file = if let brought { brought } else { try published(set) }
    let carrier: any Transport = archive == nil ? transport : LocalTransport()
    let fetched = try carrier.fetch(file, progress: progress)
    let staging = try Staging(in: store.location)
    let folder = "\(staging.path)/data"
    try Folder.create(folder)
    let files = try Archive(fetched.file).unpack(into: folder, progress: progress)
    try AtomicFile.write(
      receipt(of: fetched, set, version, files).text(pretty: true) + "\n",
      to: "\(folder)/\(FetchedData.receiptName)")
    let data = FetchedData(
      name: set.name, path: "\(store.location.data)/data/\(set.name)/\(version)", version: version)
    try Folder.create(parentFolder(data.path))
    if Folder.kind(data.path) != nil {
      try Folder.exchange(folder, data.path)
    } else {
      try Folder.move(folder, to: data.path)
    }
    try syncFolder(of: data.path)
    fetched.discard()
    return Result(data: data, wasHere: false, downloaded: fetched.transferred)
  }

  /// The archive with the digest that its record states.
  private func published(_ set: DataSet) throws(NNXError) -> RemoteFile {
    let advice = [
      "Bring \(set.key) of https://doi.org/\(set.doi) here, then:",
      "nnx data fetch \(set.name) --from \(set.key)",
    ]
    let record: ZenodoRecord
    do throws(NNXError) {
      record = try Zenodo.record(set.record, asking: web)
    } catch {
      throw NNXError(error.code, error.message, details: error.details, fixes: advice)
    }
    guard let file = record.files.first(where: { $0.key == set.key }), let md5 = file.md5 else {
      throw NNXError(
        .integrity, "record \(set.record) states no file \(set.key) with a digest",
        details: ["Nothing was fetched."], fixes: advice)
    }
    return RemoteFile(
      name: set.key, urls: [file.url], size: file.size, md5: md5, promise: .record)
  }

  private func receipt(
    of fetched: FetchedFile, _ set: DataSet, _ version: String, _ files: [Archive.UnpackedFile]
  ) -> OrderedJSON {
    let isRecord = version != FetchedData.local
    return [
      "schema": "nnx.data/1", "name": .string(set.name), "version": .string(version),
      "doi": OrderedJSON(isRecord ? set.doi : nil), "license": .string(set.license),
      "authors": OrderedJSON(set.authors), "from": .string(fetched.source),
      "size": .int(fetched.size), "md5": .string(fetched.md5), "sha256": .string(fetched.sha256),
      "files": .array(
        files.map {
          ["path": .string($0.path), "size": .int($0.size), "sha256": .string($0.sha256)]
        }),
    ]
  }
}
