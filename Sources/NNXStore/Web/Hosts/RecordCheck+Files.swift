import NNXModel
import NNXSystem

/// Files that lie in records without numbers, and files that nobody vouches for.
extension RecordCheck {
  /// What hosts said of their records, by host and record.
  typealias Listings = [String: [RemoteFile]]

  /// Compares the files of an item with what their hosts say, and fills in what the registry lacks.
  ///
  /// - Throws: as `compare(_:)`.
  func compareFiles(
    _ item: inout InstallPlan.Item, _ known: inout Listings
  ) throws(NNXError) {
    var differences: [String] = []
    var place = ""
    for index in item.files.indices {
      let file = item.files[index]
      guard let (host, record, url) = publication(of: file) else { continue }
      let isPinned = file.isPinned
      if isPinned, asksOnlyIfNeeded { continue }
      let key = "\(host.token.host) \(record)"
      if known[key] == nil {
        do throws(NNXError) { known[key] = try host.files(of: record, asking: web) } catch {
          let isMirrored = error.code == .recordNotFound && file.urls.count > 1
          guard isPinned, isMirrored || RecordCheck.isSilence(error.code) else { throw error }
          if error.code != .offline { onSkip(error) }
          continue
        }
      }
      guard let listed = known[key] else { continue }
      place = "\(URLParts(url)?.host ?? "the host"), \(record)"
      guard let published = listed.first(where: { $0.lies(at: url) }) else {
        let names = listed.map(\.name).prefix(5).joined(separator: ", ")
        differences.append(
          "file: the registry says \(file.name), the host has \(names.isEmpty ? "none" : names)")
        continue
      }
      let pairs = [
        ("size", file.size.map(String.init), published.size.map(String.init)),
        ("sha256", file.sha256, published.sha256),
      ]
      for case (let what, let expected?, let got?) in pairs where expected != got {
        differences.append(
          "\(what) of \(file.name): \(file.promise.says) \(expected), the host says \(got)")
      }
      item.files[index].size = file.size ?? published.size
      item.files[index].sha256 = file.sha256 ?? published.sha256
    }
    guard differences.isEmpty else {
      throw NNXError(
        .integrity, "what lies at \(place) is not what the registry says",
        details: differences + ["Nothing was fetched."],
        fixes: [
          "Update the registry (nnx registry update), or tell its maintainers",
          "To take what is there now, download it and run: nnx install FILE --name NAME",
        ])
    }
  }

  /// Tells of files that neither the registry nor their host has a digest of.
  func noteUnvouched(_ plan: InstallPlan) {
    for file in plan.items.flatMap(\.files) where !file.isPinned {
      // Of a folder the small files have no digest, and those that hold weights have.
      let isVouched = file.contents?.allSatisfy { $0.isPinned || ($0.size ?? .max) < 10 << 20 }
      if isVouched == true { continue }
      onUnvouched(file)
    }
  }

  private func publication(
    of file: RemoteFile
  ) -> (host: any PublishingHost, record: String, url: String)? {
    for url in file.urls {
      if let host = web.hosts.publisher(of: url), let record = host.record(of: url) {
        return (host, record, url)
      }
    }
    return nil
  }
}
