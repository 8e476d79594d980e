import NNXSystem

extension InstallPlan {
  /// The same plan with its bytes taken from elsewhere; the digests of the entry still decide.
  ///
  /// - Parameters:
  ///   - place: a file or folder of this machine, a Zenodo record or DOI, or an HTTPS address.
  ///   - web: asks for records.
  /// - Throws: `file-not-found`, `record-not-found`, `usage` when the place cannot hold the files;
  ///   what asking Zenodo throws.
  package func taking(from place: String, asking web: Web) throws(NNXError) -> InstallPlan {
    guard case .folder = origin else {
      if let isFolder = Folder.isFolder(place) {
        let path = Folder.absolute(place)
        if let plan = try bringing(path, isFolder: isFolder) { return plan }
        return try takingLocal(path, isFolder: isFolder)
      }
      if let reference = try? ZenodoReference(place) {
        let record = try Zenodo.record(reference.record, asking: web)
        return try taking(from: record, file: reference.file)
      }
      if let parts = URLParts(place) { return try taking(fromAddress: place, parts) }
      throw NNXError(
        .fileNotFound, "there is no file, record or address '\(place)' to install \(name) from")
    }
    throw NNXError(.usage, "--from goes with a model of the registry")
  }

  private var files: [RemoteFile] { items.flatMap(\.files) }

  private func mapped(
    _ origin: Origin, _ change: (inout RemoteFile) throws(NNXError) -> Void
  ) throws(NNXError) -> InstallPlan {
    var plan = self
    plan.origin = origin
    for item in plan.items.indices {
      for file in plan.items[item].files.indices { try change(&plan.items[item].files[file]) }
    }
    return plan
  }

  private func requireOneFile(_ place: String) throws(NNXError) {
    guard files.count == 1 else {
      throw NNXError(
        .usage, "\(name) has \(files.count) files; \(place) is one",
        details: files.map(\.name), fixes: ["Give the folder that holds them all"])
    }
  }

  private func takingLocal(_ path: String, isFolder: Bool) throws(NNXError) -> InstallPlan {
    if !isFolder { try requireOneFile(path) }
    return try mapped(.local) { (file) throws(NNXError) in
      file.urls = [isFolder ? "\(path)/\(file.name)" : path]
      guard Folder.kind(file.urls[0]) != nil else {
        throw NNXError(.fileNotFound, "there is no \(file.name) in \(path)")
      }
    }
  }

  private func taking(
    from record: ZenodoRecord, file key: String?
  ) throws(NNXError) -> InstallPlan {
    if key != nil { try requireOneFile("record \(record.id), file \(key ?? "")") }
    return try mapped(.network) { (file) throws(NNXError) in
      guard let found = record.files.first(where: { $0.key == key ?? file.name }) else {
        throw NNXError(
          .recordNotFound, "record \(record.id) has no file '\(key ?? file.name)'",
          details: record.files.map(\.key))
      }
      file.urls = [found.url]
      file.size = file.size ?? found.size
      file.md5 = file.md5 ?? found.md5
    }
  }

  private func taking(
    fromAddress url: String, _ parts: URLParts
  ) throws(NNXError) -> InstallPlan {
    try requireOneFile(url)
    return try mapped(.network) { (file) throws(NNXError) in
      file.urls = [url]
      // Whoever names an address trusts its host, with bytes that digests still decide about.
      file.hosts = [parts.policyName]
    }
  }
}
