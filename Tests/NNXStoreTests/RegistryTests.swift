import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct RegistryTests {
  @Test func theCopyInTheBinaryIsRead() throws {
    let embedded = try Registry.embedded()
    #expect(embedded.models == (try Registry.repository().models))
    #expect(throws: NNXError.self) { try embedded.localPath(of: "Models/other.zip") }
  }

  @Test func theDemoInTheBinaryIsTheFile() throws {
    let address = try Registry.embedded().localPath(of: "Models/demo-ct.zip")
    #expect(EmbeddedFile.isLocal(address) && !address.hasPrefix("/"))
    let carried = try EmbeddedFile.open(address)
    let file = try FileReader(Fixtures.repository + "/Models/demo-ct.zip")
    #expect(carried.count == file.count)
    #expect(
      try carried.bytes(at: 0, count: carried.count) == file.bytes(at: 0, count: file.count))
  }

  @Test func readingItCostsMilliseconds() throws {
    let start = ProcessFacts.monotonicSeconds
    for _ in 0..<5 { _ = try Registry.embedded() }
    let each = (ProcessFacts.monotonicSeconds - start) / 5
    #expect(each < 0.1, "it took \(each * 1000) ms")
  }

  @Test func namesAndAliasesFindTheirEntry() throws {
    let registry = try Registry.repository()
    #expect(registry.card(named: "liver-tumor-ct")?.name == "liver2-ct")
    #expect(registry.card(named: "Kidney-CT")?.name == "kidney-ct")
    #expect(registry.card(named: "kidney") == nil)
    #expect(registry.cards(fromRecord: 8_290_055).count == 2)
    #expect(registry.cards(fromRecord: 8_270_230).map(\.name) == ["liver-ct"])
  }

  @Test func namesOfDifferentPublishersAreNotEasilyMistaken() throws {
    let names = try Registry.repository().models.flatMap { card in
      ([card.name] + card.aliases).map { ($0, card.collection) }
    }
    for (index, (name, collection)) in names.enumerated() {
      for (other, otherCollection) in names[..<index] where collection != otherCollection {
        #expect(editDistance(name, other) > 1, "\(name) and \(other)")
      }
    }
  }

  @Test func statementsNameTheirSourcesAndConflictsHaveTwoSides() throws {
    for card in try Registry.repository().models {
      for conflict in card.conflicts { #expect(conflict.statements.count >= 2) }
      for file in card.weights.flatMap(\.files) where file.md5 != nil {
        #expect(!file.digestsStatedBy.isEmpty, "\(card.name): who measured \(file.key)?")
      }
      if card.commercialUse == .conflict {
        #expect(card.conflicts.contains { $0.about.hasPrefix("licence") })
      }
    }
  }

  @Test(arguments: [
    ("[]", "invalid-registry", "registry.json is not an object"),
    (#"{"schema": 2}"#, "newer-registry", "registry.json has schema 2; this nnx reads up to 1"),
    (document(#""version": "one""#), "invalid-registry", "registry.json.version is not a whole"),
    (document(#""models": {}"#), "invalid-registry", "registry.json.models is not a list"),
    (
      document(#""models": [{"name": "../etc"}]"#), "invalid-registry",
      "registry.json.models[0].name is '../etc'"
    ),
  ])
  func saysWhatIsWrongAndWhere(text: String, code: String, message: String) throws {
    let error = #expect(throws: NNXError.self) {
      try Registry(
        OrderedJSON(parsing: Array(text.utf8), source: "registry.json"), source: "registry.json",
        folder: nil)
    }
    #expect(error?.code.name == code)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    (#""name": "kidney-ct""#, #""name": "liver-ct""#, "the name 'liver-ct' is there twice"),
    (#""name": "liver2-ct", "how""#, #""name": "liver3-ct", "how""#, "names 'liver3-ct'"),
    (#""collection": "aimi""#, #""collection": "bamf""#, "the unknown collection 'bamf'"),
    (
      #""key": "Task762_PET_CT_Breast.zip""#, #""key": "Task762.zip""#,
      "describes the weights 'fdg-pet-ct' otherwise than another entry"
    ),
  ])
  func entriesMustAgree(right: String, wrong: String, message: String) throws {
    let document = try changedRegistry(right, wrong)
    let error = #expect(throws: NNXError.self) {
      try Registry(document, source: "registry.json", folder: nil)
    }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}

/// A registry without models, with one member replaced.
private func document(_ member: String) -> String {
  let key = member.prefix { $0 != ":" }
  let members = [
    #""schema": 1"#, #""version": 1"#, #""updated": "2026-11-23""#, #""collections": {}"#,
    #""citations": {}"#, #""models": []"#,
  ]
  return "{" + members.map { $0.hasPrefix(key) ? member : $0 }.joined(separator: ", ") + "}"
}

/// The repository's registry with the first `right` replaced by `wrong`.
private func changedRegistry(_ right: String, _ wrong: String) throws -> OrderedJSON {
  let text = String(decoding: Resource.registry.bytes, as: UTF8.self)
  let range = try #require(text.firstRange(of: right), "the case must change something")
  let changed = text[..<range.lowerBound] + wrong + text[range.upperBound...]
  return try OrderedJSON(parsing: Array(changed.utf8), source: "changed")
}
