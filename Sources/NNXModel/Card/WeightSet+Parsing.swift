import NNXSystem

extension WeightSet {
  init(_ fields: RegistryFields) throws(NNXError) {
    id = try fields.modelName("id")
    role = try fields.optionalString("role")
    guard let generation = ModelDescription.Generation(rawValue: try fields.int("nnunet")) else {
      throw fields.failure("nnunet", "is neither 1 nor 2")
    }
    self.generation = generation
    dataset = try fields.fileName("dataset")
    trainer = try fields.optionalString("trainer")
    plans = try fields.optionalString("plans")
    configuration = try fields.optionalString("configuration")
    folds = try fields.optionalArray("folds", "a list of fold numbers") { $0.int }
    checkpoint = try fields.optionalString("checkpoint")
    record = try fields.optionalInt("record")
    doi = try fields.optionalString("doi")
    conceptDoi = try fields.optionalString("conceptDoi")
    guard doi == record.map({ "10.5281/zenodo.\($0)" }) else {
      throw fields.failure("doi", "is not the DOI of the record")
    }
    published = try fields.optionalString("published")
    title = try fields.optionalString("title")
    authors = try fields.strings("authors")
    files = try fields.filledList("files", File.init)
    for (index, file) in files.enumerated() {
      guard record != nil || file.path != nil || !file.mirrors.isEmpty else {
        throw fields.failure("files[\(index)]", "has neither a record nor a path nor a mirror")
      }
    }
    labels = try fields.filledList("labels") { (label) throws(NNXError) in
      TrainedLabel(
        value: try label.int("value"), name: try label.optionalString("name"),
        alternatives: try label.list("alternatives", ModelCard.Alternative.init))
    }
    network = try fields.object("network").map(Network.init)
    otherRecords = try fields.list("otherRecords") { (other) throws(NNXError) in
      OtherRecord(
        record: try other.int("record"), key: try other.fileName("key"),
        md5: try other.digest("md5", digits: 32), statedBy: try other.string("statedBy"),
        note: try other.optionalString("note"))
    }
    notes = try fields.strings("notes")
    evidence = try fields.string("evidence")
  }
}

extension WeightSet.File {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    key = try fields.fileName("key")
    path = try fields.optionalString("path")
    if let path {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
        throw fields.failure("path", "does not stay in the registry's folder")
      }
    }
    size = try fields.optionalInt("size")
    md5 = try fields.digest("md5", digits: 32)
    sha256 = try fields.digest("sha256", digits: 64)
    digestsStatedBy = try fields.strings("digestsStatedBy")
    mirrors = try fields.strings("mirrors")
    members = try fields.list("members") { (member) throws(NNXError) in
      WeightSet.Member(
        path: try member.string("path"), size: try member.optionalInt("size"),
        sha256: try member.digest("sha256", digits: 64))
    }
    guard mirrors.allSatisfy({ $0.hasPrefix("https://") }) else {
      throw fields.failure("mirrors", "has an address that is not HTTPS")
    }
  }
}

extension WeightSet.Network {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    patch = try fields.optionalArray("patch", "three extents") { $0.int }
    spacing = try fields.optionalArray("spacing", "three distances") { $0.double }
    transposeForward = try fields.optionalArray("transposeForward", "three axes") { $0.int }
    normalization = try fields.optionalArray("normalization", "a list of texts") { $0.string }
    parameters = try fields.optionalInt("parameters")
  }
}

extension RegistryFields {
  /// A text that fits `ModelName`.
  package func modelName(_ key: String) throws(NNXError) -> String {
    let name = try string(key)
    guard ModelName.isValid(name) else { throw failure(key, "is '\(name)': \(ModelName.rule)") }
    return name
  }

  /// A name that stays in its folder.
  package func fileName(_ key: String) throws(NNXError) -> String {
    let name = try string(key)
    let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
    guard isPlain, !name.hasPrefix("."), name.utf8.count <= 255 else {
      throw failure(key, "is not a plain file name")
    }
    return name
  }

  /// An HTTPS address, or `nil` when it is absent or null.
  package func optionalAddress(_ key: String) throws(NNXError) -> String? {
    guard let text = try optionalString(key) else { return nil }
    guard text.hasPrefix("https://") else { throw failure(key, "is not an HTTPS address") }
    return text
  }

  /// Lower-case hexadecimal digits, or `nil` when it is absent or null.
  package func digest(_ key: String, digits: Int) throws(NNXError) -> String? {
    guard let text = try optionalString(key) else { return nil }
    let isHexadecimal = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
    guard text.utf8.count == digits, isHexadecimal else {
      throw failure(key, "is not \(digits) lower-case hexadecimal digits")
    }
    return text
  }
}
