import NNXSystem

/// Downloads that resume, try again, change to a mirror, and are hashed on the way.
///
/// The bytes of one answer are never mixed with those of another: a download continues only when the
/// host confirms the same entity tag, offset and size, and the digests of the whole decide in the end.
package final class HTTPTransport: Transport {
  let web: Web
  let folder: String
  private let records: RecordCheck?

  /// - Parameters:
  ///   - web: when it is offline, only what is complete already is served.
  ///   - folder: where partial downloads lie; made when missing.
  ///   - records: compares plans with the publisher's records.
  package init(_ web: Web, folder: String, records: RecordCheck? = nil) {
    self.web = web
    self.folder = folder
    self.records = records
  }

  package func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    try records?.compare(plan) ?? plan
  }

  package func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    try Folder.create(folder)
    let key = file.cacheKey()
    let lock = try FileLock("\(folder)/\(key).lock")
    defer { withExtendedLifetime(lock) {} }
    let partial = try Partial(key: key, in: folder)
    let download = Download(file: file, partial: partial, progress: progress)
    if let fetched = try download.finishIfComplete(source: file.urls.first ?? "") { return fetched }
    guard !web.isOffline else {
      throw NNXError(.offline, "\(file.name) is not here and --offline is set")
    }
    if let size = file.size { try DiskSpace.require(size - partial.count, at: folder) }
    return try file.atAnyAddress { (url) throws(NNXError) in try fetch(download, from: url) }
  }

  /// Tries one address until it works or is given up.
  private func fetch(_ download: Download, from url: String) throws(NNXError) -> FetchedFile {
    var startedOver = false
    return try web.retrying(
      Web.Request(url: url), saved: download.partial.count, of: download.file.size
    ) { () throws(NNXError) in
      while true {
        try download.bring(from: url, of: web)
        do throws(NNXError) {
          return try download.finish(source: url)
        } catch {
          guard error.code == .integrity else { throw error }
          // Once more from the first byte: the start may have come from elsewhere.
          try download.discard()
          guard !startedOver else { throw error }
          startedOver = true
        }
      }
    }
  }
}
