import NNXModel
import NNXSystem

extension LockedModel {
  /// Reads one model of a lock.
  ///
  /// - Throws: `invalid-registry` with the place; `LockFile` makes it `invalid-lock`.
  init(_ fields: RegistryFields) throws(NNXError) {
    name = try fields.modelName("name")
    version = try fields.string("version")
    guard Store.isVersion(version) else {
      throw fields.failure("version", "is none that nnx would give")
    }
    kind = try fields.word("kind", Receipt.Source.Kind.self)
    registry = try fields.optionalString("registry")
    licenses = try fields.list("licenses") { (license) throws(NNXError) in
      License(
        spdx: try license.string("spdx"), statedBy: try license.string("statedBy"),
        url: try license.optionalAddress("url"),
        scope: try license.optionalWord("scope", License.Scope.self))
    }
    sets = try fields.filledList("sets", WeightsLocked.init)
    guard let published = try fields.digest("published", digits: 64) else {
      throw fields.failure("published", "is missing")
    }
    self.published = published
    weights = try fields.digest("weights", digits: 64)
  }

  /// As it is written.
  var json: OrderedJSON {
    .object(
      members([
        ("name", .string(name)), ("version", .string(version)), ("kind", .string(kind.rawValue)),
        ("registry", OrderedJSON(registry)),
        (
          "licenses",
          .array(
            licenses.map { license in
              .object(
                members([
                  ("spdx", .string(license.spdx)), ("statedBy", .string(license.statedBy)),
                  ("url", OrderedJSON(license.url)),
                  ("scope", OrderedJSON(license.scope?.rawValue)),
                ]))
            })
        ), ("sets", .array(sets.map(\.json))), ("published", .string(published)),
        ("weights", OrderedJSON(weights)),
      ]))
  }
}

extension LockedModel.WeightsLocked {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    id = try fields.modelName("id")
    dataset = try fields.fileName("dataset")
    record = try fields.optionalInt("record")
    doi = try fields.optionalString("doi")
    files = try fields.filledList("files", LockedModel.File.init)
    configurations = try fields.list("configurations") { (entry) throws(NNXError) in
      Receipt.Configuration(
        name: try entry.fileName("name"), trainer: try entry.fileName("trainer"),
        plans: try entry.fileName("plans"), folds: try entry.strings("folds"),
        published: try entry.strings(entry.value("published") == nil ? "folds" : "published"),
        results: try entry.string("results"))
    }
  }

  fileprivate var json: OrderedJSON {
    .object(
      members([
        ("id", .string(id)), ("dataset", .string(dataset)), ("record", OrderedJSON(record)),
        ("doi", OrderedJSON(doi)), ("files", .array(files.map(\.json))),
        (
          "configurations",
          .array(
            configurations.map { entry in
              let rest: OrderedJSON =
                entry.published == entry.folds ? .null : OrderedJSON(entry.published)
              return .object(
                members([
                  ("name", .string(entry.name)), ("trainer", .string(entry.trainer)),
                  ("plans", .string(entry.plans)), ("folds", OrderedJSON(entry.folds)),
                  ("published", rest), ("results", .string(entry.results)),
                ]))
            })
        ),
      ]))
  }
}

extension LockedModel.File {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    key = try fields.fileName("key")
    size = try fields.int("size")
    md5 = try fields.digest("md5", digits: 32)
    sha256 = try fields.digest("sha256", digits: 64)
    url = try fields.optionalAddress("url")
    path = try fields.optionalString("path")
    if let path {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
        throw fields.failure("path", "does not stay in the lock's folder")
      }
    }
  }

  fileprivate var json: OrderedJSON {
    .object(
      members([
        ("key", .string(key)), ("size", .int(size)), ("md5", OrderedJSON(md5)),
        ("sha256", OrderedJSON(sha256)), ("url", OrderedJSON(url)), ("path", OrderedJSON(path)),
      ]))
  }
}

/// The members that have a value.
private func members(_ pairs: [(String, OrderedJSON)]) -> [OrderedJSON.Member] {
  pairs.filter { !$0.1.isNull }.map { OrderedJSON.Member($0.0, $0.1) }
}
