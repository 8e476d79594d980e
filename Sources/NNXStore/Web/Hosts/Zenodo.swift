import NNXModel
import NNXSystem

/// zenodo.org: numbered records with MD5 digests, asked through its API.
///
/// It states its limits on every answer (`X-RateLimit-…`), and its entity tags are `md5:…` of the file.
package struct Zenodo: PublishingHost {
  let hosts: Set<String> = ["zenodo.org", "www.zenodo.org"]
  let token: HostToken

  private static let records = "https://zenodo.org/api/records"
  /// Bytes of an answer; real ones have a few thousand.
  private static let longest = 8 << 20

  init(token: String? = nil) {
    self.token = HostToken(host: "zenodo.org", variable: "ZENODO_TOKEN", value: token)
  }

  /// Where a file of a record is downloaded.
  static func address(of key: String, in record: Int) -> String {
    "https://zenodo.org/records/\(record)/files/\(percentEncoded(key))?download=1"
  }

  func files(of record: String, asking web: Web) throws(NNXError) -> [RemoteFile] {
    guard let number = Int(record) else { throw Zenodo.noRecord(record) }
    return try Zenodo.record(number, asking: web).files.map {
      RemoteFile(name: $0.key, urls: [$0.url], size: $0.size, md5: $0.md5)
    }
  }

  /// The record with this number; for the number of a concept, its newest version.
  ///
  /// - Throws: `record-not-found`, `offline`, `unreachable`, `host-refused`.
  package static func record(_ number: Int, asking web: Web) throws(NNXError) -> ZenodoRecord {
    let record: ZenodoRecord
    do throws(NNXError) {
      let url = "\(records)/\(number)"
      record = try ZenodoRecord(document(url, number, web), source: url)
    } catch {
      // Zenodo has answered for concepts with a redirect, and at times not at all.
      guard error.code == .recordNotFound, let newest = try newest(ofConcept: number, web) else {
        throw error
      }
      return newest
    }
    guard record.id == number || record.concept == number else {
      throw NNXError(
        .hostRefused, "zenodo.org answered with record \(record.id) when asked for \(number)")
    }
    return record
  }

  /// The one version of a concept that the search lists: the newest.
  private static func newest(
    ofConcept number: Int, _ web: Web
  ) throws(NNXError) -> ZenodoRecord? {
    let url = "\(records)?q=conceptrecid:\(number)&size=1"
    guard let hit = try document(url, number, web)["hits"]?["hits"]?.array?.first else {
      return nil
    }
    let record = try ZenodoRecord(hit, source: url)
    return record.concept == number ? record : nil
  }

  private static func document(
    _ url: String, _ record: Int, _ web: Web
  ) throws(NNXError) -> OrderedJSON {
    try web.record(
      at: url, headers: [("Accept", "application/json")], atMost: longest, name: "record \(record)"
    ) { noRecord("\(record)") }
  }

  private static func noRecord(_ record: String) -> NNXError {
    NNXError(
      .recordNotFound, "there is no record \(record) on Zenodo",
      fixes: ["Check the number; a restricted record needs ZENODO_TOKEN"])
  }
}

extension WeightSet {
  /// Where to download `file`, best first: Zenodo, then the mirrors.
  func addresses(of file: File) -> [String] {
    (record.map { [Zenodo.address(of: file.key, in: $0)] } ?? []) + file.mirrors
  }
}
