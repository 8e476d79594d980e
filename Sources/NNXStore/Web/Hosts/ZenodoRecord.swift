import NNXModel
import NNXSystem

/// A record as Zenodo's API describes it, in any of the three shapes that were seen.
///
/// Today's default, InvenioRDM's own, and the transitional one of October 2023 (file names under
/// `filename`, bare digests).
package struct ZenodoRecord: Equatable, Sendable {
  package struct File: Equatable, Sendable {
    package var key: String
    /// Bytes.
    package var size: Int?
    package var md5: String?
    package var url: String

    package init(key: String, size: Int?, md5: String?, url: String) {
      self.key = key
      self.size = size
      self.md5 = md5
      self.url = url
    }

  }

  package var id: Int
  package var doi: String?
  var conceptDOI: String?
  /// Number of the concept: of all versions together.
  package var concept: Int?
  package var title: String
  /// `2024-06-11`.
  package var published: String?
  /// Identifier of the licence as Zenodo spells it, in SPDX letters where they are known.
  package var license: String?
  package var files: [File]

  /// The zips of the record; where there are none, its tar archives.
  package var archives: [File] {
    let archives = files.filter { ArchiveName.isArchive($0.key) }
    let zips = archives.filter { !ArchiveName.isTar($0.key) }
    return zips.isEmpty ? archives : zips
  }

  /// `2024.6.11`, or the record's number.
  package var version: String {
    let parts = (published ?? "").split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 ? parts.map(String.init).joined(separator: ".") : "\(id)"
  }

  /// - Parameters:
  ///   - json: the answer of `/api/records/<id>`.
  ///   - source: its address, for errors.
  /// - Throws: `host-refused` when it is none of the known shapes.
  package init(_ json: OrderedJSON, source: String) throws(NNXError) {
    func fail(_ what: String) -> NNXError {
      NNXError(.hostRefused, "\(source) answered with a record that has no usable \(what)")
    }
    guard let id = json["id"]?.int ?? json["id"]?.string.flatMap({ Int($0) }) else {
      throw fail("number")
    }
    self.id = id
    let metadata = json["metadata"]
    doi = json["doi"]?.string ?? json["pids"]?["doi"]?["identifier"]?.string
    conceptDOI =
      json["conceptdoi"]?.string ?? json["parent"]?["pids"]?["doi"]?["identifier"]?.string
    concept =
      (json["conceptrecid"]?.string ?? json["parent"]?["id"]?.string).flatMap { Int($0) }
      ?? json["conceptrecid"]?.int
    title = metadata?["title"]?.string ?? json["title"]?.string ?? "record \(id)"
    published = metadata?["publication_date"]?.string
    license =
      (metadata?["license"]?["id"]?.string ?? metadata?["rights"]?.array?.first?["id"]?.string)
      .map(ZenodoRecord.spdx)

    var files: [File] = []
    let listed = json["files"]
    let entries =
      listed?.array ?? listed?["entries"]?.array
      ?? listed?["entries"]?.members?.map(\.value) ?? []
    for entry in entries {
      guard let key = entry["key"]?.string ?? entry["filename"]?.string, ZenodoRecord.isPlain(key)
      else { throw fail("file name") }
      files.append(
        File(
          key: key,
          size: try (entry["size"] ?? entry["filesize"])?.statedSize(fail("file size")),
          md5: try entry["checksum"]?.string.map { (text) throws(NNXError) in
            try ZenodoRecord.md5(text, fail)
          },
          url: Zenodo.address(of: key, in: id)))
    }
    self.files = files
  }

  /// `md5:<hex>` or bare digits.
  private static func md5(
    _ text: String, _ fail: (String) -> NNXError
  ) throws(NNXError) -> String {
    let digits = (text.hasPrefix("md5:") ? String(text.dropFirst(4)) : text).lowercased()
    guard digits.utf8.count == 32,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw fail("checksum") }
    return digits
  }

  /// Names with path separators are nothing that Zenodo makes, and nothing that nnx takes.
  private static func isPlain(_ key: String) -> Bool {
    (1...255).contains(key.utf8.count) && !key.hasPrefix(".")
      && key.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
  }

  /// Zenodo writes `cc-by-4.0`.
  private static func spdx(_ id: String) -> String {
    id.lowercased().hasPrefix("cc") ? id.uppercased() : id
  }
}
