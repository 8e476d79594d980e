import NNXSystem

extension ModelCard {
  /// Reads one entry of a registry.
  ///
  /// - Parameters:
  ///   - entry: the object in `models`.
  ///   - citations: the registry's table, by key.
  ///   - place: what to call the entry in errors: `registry.json: models[3]`.
  /// - Throws: `invalid-registry`: a member is missing, has the wrong type, or names something that
  ///   is not there; a digest, DOI or name is malformed.
  package init(
    parsing entry: OrderedJSON, citations: [String: Citation], at place: String
  ) throws(NNXError) {
    let fields = try RegistryFields(entry, at: place)
    self.entry = entry
    name = try fields.modelName("name")
    aliases = try fields.strings("aliases")
    for alias in aliases where !ModelName.isValid(alias) {
      throw fields.failure("aliases", "has '\(alias)': \(ModelName.rule)")
    }
    version = try fields.string("version")
    guard version.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }) else {
      throw fields.failure("version", "has more than digits and dots")
    }
    collection = try fields.string("collection")
    title = try fields.string("title")
    summary = try fields.string("summary")
    status = try fields.word("status", Status.self)
    replacedBy = try fields.optionalString("replacedBy")
    organs = try fields.strings("organs")
    keywords = try fields.strings("keywords")
    authors = try fields.strings("authors")
    homepage = try fields.optionalAddress("homepage")
    code = try fields.list("code") { (link) throws(NNXError) in
      Link(what: try link.string("what"), url: try link.optionalAddress("url"))
    }
    licenses = try fields.list("licenses") { (license) throws(NNXError) in
      License(
        spdx: try license.string("spdx"), statedBy: try license.string("statedBy"),
        url: try license.optionalAddress("url"),
        scope: try license.optionalWord("scope", License.Scope.self))
    }
    self.citations = []
    for key in try fields.strings("cite") {
      guard let citation = citations[key] else {
        throw fields.failure("cite", "names '\(key)', which is not among the citations")
      }
      self.citations.append(citation)
    }
    weights = try fields.filledList("weights", WeightSet.init)
    inputs = try fields.filledList("inputs", Input.init)
    for (position, input) in inputs.enumerated() where input.index != position {
      throw fields.failure("inputs[\(position)].index", "is not \(position)")
    }
    labels = try fields.filledList("labels", Label.init)
    try Self.checkLabels(labels, weights, fields)
    prepare = try fields.list("prepare", Preparation.init)
    postprocessing = try fields.list("postprocessing") { (source) throws(NNXError) in
      Postprocessing(statedBy: try source.string("statedBy"), steps: try source.strings("steps"))
    }
    let published = labels.map(\.value)
    recipe = try fields.object("recipe").map { [weights, inputs] (recipe) throws(NNXError) in
      try Recipe(recipe, channels: inputs.count, weights: weights, published: published)
    }
    requires = try fields.strings("requires")
    intendedUse = try fields.object("intendedUse").map(Statement.init)
    limitations = try fields.list("limitations", Statement.init)
    training = try fields.optionalString("training")
    performance = try fields.list("performance", Statement.init)
    related = try fields.list("related") { (other) throws(NNXError) in
      Relation(name: try other.modelName("name"), how: try other.string("how"))
    }
    conflicts = try fields.list("conflicts", Conflict.init)
  }

  private static func checkLabels(
    _ labels: [Label], _ weights: [WeightSet], _ fields: RegistryFields
  ) throws(NNXError) {
    guard Set(labels.map(\.value)).count == labels.count else {
      throw fields.failure("labels", "has a value twice")
    }
    for (index, label) in labels.enumerated() {
      for source in label.sources {
        let trained = weights.first { $0.id == source.weights }?.labels.map(\.value)
        guard let trained, source.values.allSatisfy(trained.contains) else {
          throw fields.failure("labels[\(index)].from", "names labels that are not trained")
        }
      }
    }
  }
}

extension ModelCard.Statement {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    text = try fields.string("text")
    statedBy = try fields.string("statedBy")
  }
}

extension ModelCard.Input {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    index = try fields.int("index")
    name = try fields.string("name")
    modality = try fields.string("modality")
    sequence = try fields.optionalString("sequence")
    units = try fields.optionalWord("units", Units.self)
    contrast = try fields.optionalString("contrast")
    note = try fields.optionalString("note")
  }
}

extension ModelCard.Label {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    value = try fields.int("value")
    name = try fields.optionalString("name")
    sources = []
    if let from = try fields.object("from") {
      for member in from.json.members ?? [] {
        guard let values = try from.optionalArray(member.key, "a list of labels", { $0.int }) else {
          throw from.failure(member.key, "is null")
        }
        sources.append(Source(weights: member.key, values: values))
      }
    }
    rgb = try fields.optionalArray("rgb", "three numbers from 0 to 255") { $0.int }
    if let rgb, rgb.count != 3 || !rgb.allSatisfy((0...255).contains) {
      throw fields.failure("rgb", "is not three numbers from 0 to 255")
    }
    category = try fields.object("category").map(ModelCard.Code.init)
    type = try fields.object("type").map(ModelCard.Code.init)
    modifier = try fields.object("modifier").map(ModelCard.Code.init)
    region = try fields.object("region").map(ModelCard.Code.init)
    regionModifier = try fields.object("regionModifier").map(ModelCard.Code.init)
    segdb = try fields.optionalString("segdb")
    codesStatedBy = try fields.optionalString("codesStatedBy")
    note = try fields.optionalString("note")
    alternatives = try fields.list("alternatives", ModelCard.Alternative.init)
  }
}

extension ModelCard.Alternative {
  init(_ fields: RegistryFields) throws(NNXError) {
    name = try fields.string("name")
    statedBy = try fields.string("statedBy")
  }
}

extension ModelCard.Code {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    value = try fields.string("value")
    scheme = try fields.string("scheme")
    meaning = try fields.optionalString("meaning")
  }
}

extension ModelCard.Preparation {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    step = try fields.string("step")
    changesImage = try fields.bool("changesImage")
    statedBy = try fields.string("statedBy")
  }
}

extension ModelCard.Conflict {
  fileprivate init(_ fields: RegistryFields) throws(NNXError) {
    about = try fields.string("about")
    statements = try fields.list("statements") { (side) throws(NNXError) in
      ModelCard.Statement(text: try side.string("says"), statedBy: try side.string("statedBy"))
    }
    treatment = try fields.string("treatment")
  }
}

extension Citation {
  /// Reads one member of the registry's table of citations.
  ///
  /// - Throws: `invalid-registry`.
  package init(key: String, parsing fields: RegistryFields) throws(NNXError) {
    self.init(
      key: key, kind: try fields.word("type", Kind.self), title: try fields.string("title"),
      authors: try fields.strings("authors"), container: try fields.string("container"),
      volume: try fields.optionalString("volume"), issue: try fields.optionalString("issue"),
      pages: try fields.optionalString("pages"), year: try fields.int("year"),
      doi: try fields.optionalString("doi"), url: try fields.optionalAddress("url"))
  }
}
