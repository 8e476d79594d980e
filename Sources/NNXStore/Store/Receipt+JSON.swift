import NNXModel
import NNXSystem

extension Receipt {
  /// Reads the receipt of the model in `folder`.
  ///
  /// - Throws: `file-not-found`, `invalid-json`, `invalid-receipt`; `newer-store` when a later nnx
  ///   wrote it.
  package init(ofModelIn folder: String) throws(NNXError) {
    let path = "\(folder)/\(Receipt.fileName)"
    let fields = ReceiptFields(try OrderedJSON(contentsOf: path), path)
    let schema = try fields.int("schema")
    guard schema <= Receipt.schema else {
      throw NNXError(
        .newerStore, "\(path) was written by a newer nnx",
        fixes: ["Update nnx, or keep its models apart: export NNX_HOME=…"])
    }
    name = try fields.string("name")
    version = try fields.string("version")
    guard ModelName.isValid(name), Store.isVersion(version) else {
      throw fields.failure("has a name or version that nnx would not give")
    }
    title = try fields.string("title")
    organs = try fields.strings("organs")
    modalities = try fields.strings("modalities")
    source = try Source(try fields.object("source"))
    sets = try fields.objects("sets").map { (set) throws(NNXError) in
      try WeightsInstalled(set)
    }
    files = try fields.objects("files").map { (file) throws(NNXError) in try File(file) }
    dropped =
      fields["dropped"] == nil
      ? [] : try fields.objects("dropped").map { (file) throws(NNXError) in try File(file) }
    licenses = try fields.objects("licenses").map { (license) throws(NNXError) in
      License(
        spdx: try license.string("spdx"), statedBy: try license.string("statedBy"),
        url: license["url"]?.string,
        scope: license["scope"]?.string.flatMap(License.Scope.init(rawValue:)))
    }
    nnx = try fields.string("nnx")
    installed = try fields.string("installed")
  }

  /// As it is written.
  package var json: OrderedJSON {
    var json: OrderedJSON = [
      "schema": .int(Receipt.schema), "name": .string(name), "version": .string(version),
      "title": .string(title), "organs": OrderedJSON(organs),
      "modalities": OrderedJSON(modalities), "source": source.json,
      "sets": .array(sets.map(\.json)),
      "licenses": .array(
        licenses.map {
          [
            "spdx": .string($0.spdx), "statedBy": .string($0.statedBy), "url": OrderedJSON($0.url),
            "scope": OrderedJSON($0.scope?.rawValue),
          ]
        }),
      "files": .array(files.map(\.json)), "nnx": .string(nnx), "installed": .string(installed),
    ]
    if !dropped.isEmpty { json.append("dropped", .array(dropped.map(\.json))) }
    return json
  }

  /// Writes the receipt into `folder`, flushed.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  func write(to folder: String) throws(NNXError) {
    let file = try AtomicFile("\(folder)/\(Receipt.fileName)")
    try file.write(json.text(pretty: true) + "\n")
    try file.commit()
  }
}

extension Receipt.Source {
  fileprivate init(_ fields: ReceiptFields) throws(NNXError) {
    guard let kind = Kind(rawValue: try fields.string("kind")) else {
      throw fields.failure("names an unknown kind of source")
    }
    self.kind = kind
    registry = fields["registry"]?.string
    archives = try fields.objects("archives").map { (file) throws(NNXError) in
      Receipt.ArchiveFile(
        key: try file.string("key"), size: try file.int("size"), md5: file["md5"]?.string,
        sha256: file["sha256"]?.string, from: try file.string("from"),
        record: file["record"]?.int, doi: file["doi"]?.string,
        isPinned: file["pinned"]?.bool ?? false, tag: file["tag"]?.string)
    }
  }

  fileprivate var json: OrderedJSON {
    [
      "kind": .string(kind.rawValue), "registry": OrderedJSON(registry),
      "archives": .array(
        archives.map {
          [
            "key": .string($0.key), "size": .int($0.size), "md5": OrderedJSON($0.md5),
            "sha256": OrderedJSON($0.sha256), "from": .string($0.from),
            "record": OrderedJSON($0.record), "doi": OrderedJSON($0.doi),
            "pinned": .bool($0.isPinned), "tag": OrderedJSON($0.tag),
          ]
        }),
    ]
  }
}

extension Receipt.File {
  fileprivate init(_ fields: ReceiptFields) throws(NNXError) {
    self.init(
      path: try fields.path("path"), size: try fields.int("size"),
      sha256: try fields.string("sha256"))
    if fields["member"] != nil {
      origin = Receipt.Origin(
        archive: try fields.string("archive"), member: try fields.path("member"))
    }
  }

  fileprivate var json: OrderedJSON {
    var json: OrderedJSON = [
      "path": .string(path), "size": .int(size), "sha256": .string(sha256),
    ]
    if let origin {
      json.append("archive", .string(origin.archive))
      json.append("member", .string(origin.member))
    }
    return json
  }
}

extension OrderedJSON {
  fileprivate mutating func append(_ key: String, _ value: OrderedJSON) {
    self = .object((members ?? []) + [Member(key, value)])
  }
}

extension Receipt.WeightsInstalled {
  fileprivate init(_ fields: ReceiptFields) throws(NNXError) {
    id = try fields.string("id")
    role = fields["role"]?.string
    folder = fields["folder"]?.string == "" ? "" : try fields.path("folder")
    generation = try fields.int("generation")
    dataset = try fields.path("dataset")
    configurations = try fields.objects("configurations").map { (item) throws(NNXError) in
      Receipt.Configuration(
        name: try item.string("name"), trainer: try item.string("trainer"),
        plans: try item.string("plans"), folds: try item.strings("folds"),
        published: try item.strings(item["published"] == nil ? "folds" : "published"),
        results: try item.path("results"))
    }
    unsupported = nil
    if let problem = fields["unsupported"], !problem.isNull {
      unsupported = NNXError(
        .unsupportedNetwork, problem["message"]?.string ?? "nnx cannot run this model",
        details: problem["details"]?.array?.compactMap(\.string) ?? [],
        fixes: problem["fixes"]?.array?.compactMap(\.string) ?? [])
    }
  }

  fileprivate var json: OrderedJSON {
    [
      "id": .string(id), "role": OrderedJSON(role), "folder": .string(folder),
      "generation": .int(generation), "dataset": .string(dataset),
      "configurations": .array(
        configurations.map {
          [
            "name": .string($0.name), "trainer": .string($0.trainer), "plans": .string($0.plans),
            "folds": OrderedJSON($0.folds), "published": OrderedJSON($0.published),
            "results": .string($0.results),
          ]
        }),
      "unsupported": unsupported.map {
        [
          "message": .string($0.message), "details": OrderedJSON($0.details),
          "fixes": OrderedJSON($0.fixes),
        ]
      } ?? .null,
    ]
  }
}

/// The members of one object of a receipt, read with errors that say where.
private struct ReceiptFields {
  let json: OrderedJSON
  let file: String

  init(_ json: OrderedJSON, _ file: String) {
    self.json = json
    self.file = file
  }

  subscript(key: String) -> OrderedJSON? { json[key] }

  func failure(_ reason: String) -> NNXError {
    NNXError(.invalidReceipt, "\(file) \(reason)")
  }

  func string(_ key: String) throws(NNXError) -> String {
    guard let text = json[key]?.string, !text.isEmpty else { throw failure("lacks '\(key)'") }
    return text
  }

  func int(_ key: String) throws(NNXError) -> Int {
    guard let number = json[key]?.int, (0...RegistryFields.largestNumber).contains(number) else {
      throw failure("lacks '\(key)'")
    }
    return number
  }

  func strings(_ key: String) throws(NNXError) -> [String] {
    guard let items = json[key]?.array else { throw failure("lacks '\(key)'") }
    return items.compactMap(\.string)
  }

  func object(_ key: String) throws(NNXError) -> ReceiptFields {
    guard let value = json[key], value.members != nil else { throw failure("lacks '\(key)'") }
    return ReceiptFields(value, file)
  }

  func objects(_ key: String) throws(NNXError) -> [ReceiptFields] {
    guard let items = json[key]?.array else { throw failure("lacks '\(key)'") }
    return items.map { ReceiptFields($0, file) }
  }

  /// A path that stays below its folder.
  func path(_ key: String) throws(NNXError) -> String {
    let path = try string(key)
    do throws(NNXError) {
      return try EntryPath.check(Array(path.utf8), archive: file)
    } catch { throw failure("has a '\(key)' that leads elsewhere") }
  }
}
