import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct RegistrySchemaTests {
  static let path = Fixtures.repository + "/docs/format/registry.schema.json"

  @Test func theRegistryFollowsItsSchema() throws {
    let validator = try SchemaValidator(schemaAt: Self.path)
    let document = try OrderedJSON(contentsOf: Fixtures.repository + "/registry.json")
    #expect(validator.violations(in: document) == [])
  }

  @Test func theExampleOfTheDocumentationIsAnEntry() throws {
    let page = try String(contentsOf: Fixtures.repository + "/docs/format/registry.md")
    let start = try #require(page.firstRange(of: "```json\n")).upperBound
    let end = try #require(page[start...].firstRange(of: "```")).lowerBound
    let text = """
      {"schema": 1, "version": 1, "updated": "2026-11-23", "sources": {"rtseg": "a test"},
      "collections": {"aimi": {"title": "T", "publisher": "P"}}, "citations": {"nnunet": {"type":
      "article", "title": "T", "container": "C", "year": 2021}}, "models": [\(page[start..<end])]}
      """
    let document = try OrderedJSON(parsing: Array(text.utf8), source: "the example")
    #expect(try SchemaValidator(schemaAt: Self.path).violations(in: document) == [])
    let registry = try Registry(document, source: "the example", folder: nil)
    #expect(registry.card(named: "liver2-ct")?.commercialUse == .conflict)
  }

  @Test(arguments: [
    (#""name": "demo-ct""#, #""name": "Demo-CT""#),
    (#""name": "demo-ct""#, #""name": "8274976""#),
    (#""name": "demo-ct""#, #""name": "demo..ct""#),
    (#""name": "demo-ct""#, #""nom": "demo-ct""#),
    (#""size": 2645857"#, #""size": "2645857""#),
    (#""size": 2645857"#, #""size": 0"#),
    (#""modality": "CT""#, #""modality": "X-ray""#),
    (#""schema": 1"#, #""schema": 2"#),
    (#""md5": "8ca6"#, #""md5": "8CA6"#),
    (#""scheme": "SCT""#, #""scheme": "SRT""#),
    (#""organs": ["kidney"]"#, #""organs": []"#),
    (#""cite": ["nnunet"]"#, #""cite": ["nnunet", "nnunet"]"#),
    (#""folds": [0]"#, #""folds": [0.5]"#),
    (#""changesImage": false"#, #""changesImage": null"#),
    (#""rgb": [221, 130, 101]"#, #""rgb": [221, 130, 256]"#),
    (#""updated": "2026-11-29""#, #""updated": "yesterday""#),
  ])
  func findsWhatIsWrong(right: String, wrong: String) throws {
    let text = try String(contentsOf: Fixtures.repository + "/registry.json")
    let range = try #require(text.firstRange(of: right), "the case must change something")
    let changed = text.replacingCharacters(in: range, with: wrong)
    let document = try OrderedJSON(parsing: Array(changed.utf8), source: "changed")
    #expect(try SchemaValidator(schemaAt: Self.path).violations(in: document) != [])
  }

  @Test func unknownKeywordsAreNoPass() {
    let validator = SchemaValidator(schema: ["type": "object", "maxProperties": 1])
    #expect(validator.violations(in: [:]) == [": the validator does not know 'maxProperties'"])
  }
}

extension String {
  fileprivate init(contentsOf path: String) throws {
    let file = try MappedFile(path)
    self = unsafe String(decoding: file.bytes, as: UTF8.self)
  }

  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
