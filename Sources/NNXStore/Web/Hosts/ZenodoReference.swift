import NNXSystem

/// A record on Zenodo, in any of the forms that people paste: `8274976`, `10.5281/zenodo.8274976`,
/// `doi:…`, `https://doi.org/…`, `https://zenodo.org/record/8274976`, `…/records/…`,
/// `…/api/records/…`, `…/doi/10.5281/zenodo.8274976`, and the address of one file in a record.
struct ZenodoReference: Equatable, Sendable {
  /// Number of a record, or of the concept of all its versions.
  let record: Int
  /// Name of one file in the record.
  let file: String?

  /// - Returns: `nil` when the text is no number, DOI or address at all.
  /// - Throws: `usage` for a DOI or address that is not Zenodo's.
  init?(_ text: String) throws(NNXError) {
    if let record = recordNumber(text) {
      self.init(record: record, file: nil)
      return
    }
    let lower = text.lowercased()
    let isAddress = lower.contains("://")
    var rest = Substring(text)
    if isAddress, let scheme = lower.split(separator: ":").first {
      guard scheme == "https" || scheme == "http" else { throw Self.foreign(text) }
      rest = rest.dropFirst(scheme.count + 3)
    }
    if lower.hasPrefix("doi:") { rest = rest.dropFirst(4) }
    var parts = rest.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").map(String.init)
    let host = parts.first?.lowercased() ?? ""
    if ["doi.org", "www.doi.org", "dx.doi.org"].contains(host) {
      parts.removeFirst()
      guard let record = Self.record(ofDOI: parts) else { throw Self.foreign(text) }
      self.init(record: record, file: nil)
      return
    }
    if host == "zenodo.org" || host == "www.zenodo.org" {
      guard let reference = Self.inZenodo(parts.dropFirst()) else { throw Self.foreign(text) }
      self = reference
      return
    }
    if isAddress { throw Self.foreign(text) }
    guard host.hasPrefix("10."), parts.count >= 2, recordNumber(host.dropFirst(3)) != nil else {
      if lower.hasPrefix("doi:") { throw Self.foreign(text) }
      return nil
    }
    guard let record = Self.record(ofDOI: parts) else { throw Self.foreign(text) }
    self.init(record: record, file: nil)
  }

  private init(record: Int, file: String?) {
    self.record = record
    self.file = file
  }

  /// The record of the path of an address: `record/N`, `records/N/files/KEY`, `doi/10.5281/…`.
  private static func inZenodo(_ path: ArraySlice<String>) -> ZenodoReference? {
    var path = path
    if path.first == "doi" {
      return record(ofDOI: Array(path.dropFirst())).map { ZenodoReference(record: $0, file: nil) }
    }
    if path.first == "api" { path = path.dropFirst() }
    guard path.first == "record" || path.first == "records", path.count >= 2,
      let record = recordNumber(path[path.startIndex + 1])
    else { return nil }
    let tail = Array(path.dropFirst(2))
    guard tail.first == "files", tail.count >= 2 else {
      return ZenodoReference(record: record, file: nil)
    }
    guard let key = percentDecoded(tail[1]), !key.contains("/"), !key.contains("\0") else {
      return nil
    }
    return ZenodoReference(record: record, file: key)
  }

  private static func record(ofDOI parts: [String]) -> Int? {
    guard parts.count == 2, parts[0] == "10.5281" else { return nil }
    let suffix = parts[1].lowercased()
    guard suffix.hasPrefix("zenodo.") else { return nil }
    return recordNumber(suffix.dropFirst("zenodo.".count))
  }

  private static func foreign(_ text: String) -> NNXError {
    NNXError(
      .usage, "'\(text.excerpt)' does not name a record on Zenodo",
      fixes: [
        "Give a record as 8274976, 10.5281/zenodo.8274976 or https://zenodo.org/records/8274976",
        "For models from elsewhere, download the zip and run: nnx install FILE.zip --name NAME",
      ])
  }
}

/// A record's number: digits without leading zero.
private func recordNumber(_ text: some StringProtocol) -> Int? {
  guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.utf8.first != 0x30 else {
    return nil
  }
  return Int(text)
}
