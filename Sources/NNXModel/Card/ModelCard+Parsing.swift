import NNXSystem

extension NNXError.Code {
  /// A registry, or one entry of it, is not what docs/format/registry.md says.
  package static let invalidRegistry = NNXError.Code("invalid-registry", .data)
}

extension ModelCard {
  private struct Cited: Decodable {
    let cite: [String]
  }

  /// Reads one entry of a registry.
  ///
  /// - Parameters:
  ///   - entry: the object in `models`.
  ///   - citations: the registry's table, by key.
  ///   - place: what to call the entry in errors: `registry.json.models[3]`.
  /// - Throws: `invalid-registry`: a member is missing, has the wrong type, or names something that
  ///   is not there; a digest, DOI or name is malformed.
  package init(
    parsing entry: OrderedJSON, citations: [String: Citation], at place: String
  ) throws(NNXError) {
    do throws(DocumentProblem) {
      self = try entry.decode(ModelCard.self, .sparse)
      self.entry = entry
      for key in try entry.decode(Cited.self, .sparse).cite {
        guard let citation = citations[key] else {
          throw DocumentProblem(at: "cite", "names '\(key)', which is not among the citations")
        }
        self.citations.append(citation)
      }
      if var recipe {
        let published = labels.map(\.value)
        do throws(DocumentProblem) {
          try recipe.resolve(channels: inputs.count, weights: weights, published: published)
        } catch { throw error.within("recipe") }
        self.recipe = recipe
      }
    } catch { throw NNXError(.invalidRegistry, error.sentence(in: place)) }
  }
}

extension ModelCard: SelfChecking {
  package func check() throws(DocumentProblem) {
    for alias in aliases where !ModelName.isValid(alias) {
      throw DocumentProblem(at: "aliases", "has '\(alias)': \(ModelName.rule)")
    }
    guard version.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }) else {
      throw DocumentProblem(at: "version", "has more than digits and dots")
    }
    for (position, input) in inputs.enumerated() where input.index != position {
      throw DocumentProblem(at: "inputs[\(position)].index", "is not \(position)")
    }
    guard !inputs.isEmpty || !statedModalities.isEmpty else {
      throw DocumentProblem(at: "inputs", "is empty, and there are no modalities")
    }
    guard Set(labels.map(\.value)).count == labels.count else {
      throw DocumentProblem(at: "labels", "has a value twice")
    }
    for (index, label) in labels.enumerated() {
      for source in label.sources {
        let trained = weights.first { $0.id == source.weights }?.labels.map(\.value)
        guard let trained, source.values.allSatisfy(trained.contains) else {
          throw DocumentProblem(at: "labels[\(index)].from", "names labels that are not trained")
        }
      }
    }
  }
}

extension ModelCard.Label: SelfChecking {
  package func check() throws(DocumentProblem) {
    if let rgb, rgb.count != 3 || !rgb.allSatisfy((0...255).contains) {
      throw DocumentProblem(at: "rgb", "is not three numbers from 0 to 255")
    }
  }
}

/// The member `from` of a label: trained labels, by set of weights.
@propertyWrapper
package struct LabelSources: Decodable, Equatable, Sendable, ReadsAbsence {
  package var wrappedValue: [ModelCard.Label.Source]

  package init(wrappedValue: [ModelCard.Label.Source]) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    let sets = try decoder.container(keyedBy: MemberKey.self)
    wrappedValue = try sets.allKeys.map { set in
      guard sets.contains(set) else { throw DocumentProblem(at: set.stringValue, "is null") }
      return ModelCard.Label.Source(
        weights: set.stringValue, values: try sets.decode([Int].self, forKey: set))
    }
  }

  package static func absent(_ rules: ReadingRules) -> Self? { Self(wrappedValue: []) }
}

extension ModelCard.Conflict {
  private enum CodingKeys: CodingKey { case about, statements, treatment }

  private struct Side: Decodable {
    let says: String
    let statedBy: String
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    about = try members.decode(String.self, forKey: .about)
    statements = try members.decode([Side].self, forKey: .statements).map {
      ModelCard.Statement(text: $0.says, statedBy: $0.statedBy)
    }
    treatment = try members.decode(String.self, forKey: .treatment)
  }
}
