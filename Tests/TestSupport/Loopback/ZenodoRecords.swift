import Foundation
import NNXSystem

/// Records as a loopback Zenodo publishes them.
public struct TestRecord: Sendable {
  public struct File: Sendable {
    public var key: String
    /// Where its bytes lie on this machine.
    public var path: String
    public var size: Int
    public var md5: String

    public init(_ path: String, key: String? = nil) throws {
      self.path = path
      self.key = key ?? URL(fileURLWithPath: path).lastPathComponent
      size = try FileReader(path).count
      md5 = try Digest.ofFile(path, .md5)
    }
  }

  public var number: Int
  /// Number of the concept: of all versions together.
  public var concept: Int
  public var title: String
  /// `2024-06-11`.
  public var published: String
  /// As Zenodo spells it.
  public var license: String
  public var files: [File]

  public init(
    _ number: Int, concept: Int? = nil, title: String = "A model", published: String = "2024-06-11",
    license: String = "cc-by-4.0", files: [File]
  ) {
    self.number = number
    self.concept = concept ?? number - 1
    self.title = title
    self.published = published
    self.license = license
    self.files = files
  }

  /// The records of a folder: `FOLDER/NUMBER/FILE`, beside it perhaps `FOLDER/NUMBER/record.json` with
  /// `concept`, `title`, `published`, `license`.
  public static func all(in folder: String) throws -> [TestRecord] {
    try Folder.entries(folder).sorted().compactMap { name in
      guard let number = Int(name), Folder.isFolder("\(folder)/\(name)") == true else { return nil }
      let files = try Folder.entries("\(folder)/\(name)").sorted().filter { $0 != "record.json" }
        .map { try File("\(folder)/\(name)/\($0)") }
      var record = TestRecord(number, files: files)
      let about = "\(folder)/\(name)/record.json"
      if Folder.kind(about) != nil {
        let json = try OrderedJSON(contentsOf: about)
        record.concept = json["concept"]?.int ?? record.concept
        record.title = json["title"]?.string ?? record.title
        record.published = json["published"]?.string ?? record.published
        record.license = json["license"]?.string ?? record.license
      }
      return record
    }
  }

  /// The shapes of a record that Zenodo's API was seen to answer with.
  public enum Shape: String, CaseIterable, Sendable {
    /// Today's.
    case current
    /// InvenioRDM's own.
    case rdm
    /// October 2023: `filename`, `filesize`, bare digests, links that lead nowhere.
    case transitional
  }

  private var api: String { "https://zenodo.org/api/records/\(number)" }
  private var doi: String { "10.5281/zenodo.\(number)" }
  private var conceptDOI: String { "10.5281/zenodo.\(concept)" }

  package func json(_ shape: Shape) -> OrderedJSON {
    var links: OrderedJSON = [
      "self": .string(api), "self_html": .string("https://zenodo.org/records/\(number)"),
      "latest": .string("\(api)/versions/latest"), "versions": .string("\(api)/versions"),
      "files": .string("\(api)/files"),
    ]
    switch shape {
    case .rdm:
      return [
        "id": .string("\(number)"), "links": links, "is_published": .bool(true),
        "status": "published",
        "parent": [
          "id": .string("\(concept)"),
          "pids": ["doi": ["identifier": .string(conceptDOI), "provider": "datacite"]],
        ],
        "pids": ["doi": ["identifier": .string(doi), "provider": "datacite"]],
        "metadata": [
          "title": .string(title), "publication_date": .string(published),
          "rights": [["id": .string(license)]],
        ],
        "files": listing,
      ]
    case .current, .transitional:
      links = .object(
        (links.members ?? []) + [OrderedJSON.Member("doi", .string("https://doi.org/\(doi)"))])
      return [
        "id": .int(number), "recid": .string("\(number)"), "conceptrecid": .string("\(concept)"),
        "doi": .string(doi), "conceptdoi": .string(conceptDOI), "title": .string(title),
        "created": .string("\(published)T08:00:00.000000+00:00"), "links": links,
        "metadata": [
          "title": .string(title), "doi": .string(doi), "publication_date": .string(published),
          "access_right": "open", "creators": [["name": "Murugesan, Gowtham"]],
          "license": ["id": .string(license)],
        ],
        "files": .array(files.map { shape == .current ? current($0) : transitional($0) }),
        "state": "done", "submitted": .bool(true),
      ]
    }
  }

  /// The answer of `/api/records/<id>/files`.
  package var listing: OrderedJSON {
    [
      "enabled": .bool(true), "count": .int(files.count),
      "total_bytes": .int(files.reduce(0) { $0 + $1.size }),
      "entries": .object(
        files.map { file in
          OrderedJSON.Member(
            file.key,
            [
              "key": .string(file.key), "size": .int(file.size),
              "checksum": .string("md5:\(file.md5)"), "mimetype": "application/zip",
              "links": ["content": .string("\(api)/files/\(file.key)/content")],
            ]
          )
        }),
    ]
  }

  private func current(_ file: File) -> OrderedJSON {
    [
      "id": .string(file.md5), "key": .string(file.key), "size": .int(file.size),
      "checksum": .string("md5:\(file.md5)"),
      "links": ["self": .string("\(api)/files/\(file.key)/content")],
    ]
  }

  private func transitional(_ file: File) -> OrderedJSON {
    [
      "id": .string(file.md5), "filename": .string(file.key), "filesize": .int(file.size),
      "checksum": .string(file.md5), "links": ["self": .string("\(api)/files/\(file.md5)")],
    ]
  }
}
