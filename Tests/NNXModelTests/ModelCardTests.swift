import NNXSystem
import Testing

@testable import NNXModel

@Suite struct ModelCardTests {
  static let minimal = """
    {"name": "liver-x", "version": "2024.6.11", "collection": "test", "title": "Liver", "summary":
    "The liver.", "status": "active", "organs": ["liver"], "licenses": [], "cite": ["paper"],
    "weights": [{"id": "liver-x", "nnunet": 2, "dataset": "Dataset006_Liver", "trainer": null,
    "plans": null, "configuration": null, "folds": [0, 1], "checkpoint": null, "record": 12, "doi":
    "10.5281/zenodo.12", "conceptDoi": "10.5281/zenodo.11", "published": "2024-06-11", "title":
    null, "files": [{"key": "A b.zip", "size": 7, "md5": null, "sha256": null, "mirrors":
    ["https://a.example/b.zip"]}], "labels": [{"value": 8, "name": "liver"}], "evidence": "none"}],
    "inputs": [{"index": 0, "name": "CT", "modality": "CT", "units": "HU", "contrast": null}],
    "labels": [{"value": 1, "name": "Liver", "from": {"liver-x": [8]}, "rgb": [1, 2, 3]}],
    "intendedUse": null, "training": null, "sources": ["s"]}
    """
  static let paper = Citation(
    key: "paper", kind: .preprint, title: "T", authors: ["A, B"], container: "arXiv", year: 2024)

  static func card(_ text: String = minimal) throws -> ModelCard {
    try ModelCard(
      parsing: OrderedJSON(parsing: Array(text.utf8), source: "test"),
      citations: ["paper": paper], at: "models[0]")
  }

  @Test func readsAnEntry() throws {
    let card = try Self.card()
    let set = try #require(card.weights.first)
    #expect(card.citations == [Self.paper])
    #expect(set.generation == .v2)
    #expect(set.folds == [0, 1])
    #expect(set.trainer == nil)
    #expect(card.labels[0].sources.map(\.weights) == ["liver-x"])
    #expect(card.labels[0].sources.map(\.values) == [[8]])
    #expect(card.inputs[0].units == .hounsfield)
    #expect(card.downloadSize == 7)
    #expect(set.files[0].mirrors == ["https://a.example/b.zip"])
    #expect(set.belongs(toRecord: 11) && set.belongs(toRecord: 12) && !set.belongs(toRecord: 13))
  }

  @Test(arguments: [
    (#""name": "liver-x""#, #""name": "Liver X""#, "models[0].name is 'Liver X'"),
    (#""title": "Liver""#, #""title": 3"#, "models[0].title is not a text"),
    (#""status": "active""#, #""status": "old""#, "models[0].status is 'old'"),
    (#"["paper"]"#, #"["book"]"#, "models[0].cite names 'book'"),
    (#""nnunet": 2"#, #""nnunet": 3"#, "models[0].weights[0].nnunet is neither 1 nor 2"),
    ("zenodo.12", "zenodo.13", "models[0].weights[0].doi is not the DOI of the record"),
    (
      #""key": "A b.zip""#, #""key": "../A.zip""#,
      "models[0].weights[0].files[0].key is not a plain"
    ),
    (#""size": 7"#, #""size": -7"#, "models[0].weights[0].files[0].size is not a whole number"),
    (#""md5": null"#, #""md5": "ABC""#, "models[0].weights[0].files[0].md5 is not 32 lower-case"),
    (#""md5": null"#, #""path": "a/../b""#, "models[0].weights[0].files[0].path does not stay in"),
    ("https://a", "http://a", "models[0].weights[0].files[0].mirrors has an address that is not"),
    (#""index": 0"#, #""index": 1"#, "models[0].inputs[0].index is not 0"),
    (#""units": "HU""#, #""units": "mm""#, "models[0].inputs[0].units is 'mm'"),
    ("[8]}, ", "[9]}, ", "models[0].labels[0].from names labels that are not trained"),
    ("[1, 2, 3]", "[1, 2, 300]", "models[0].labels[0].rgb is not three numbers"),
    (#""version": "2024.6.11""#, #""version": "../x""#, "models[0].version has more than digits"),
  ])
  func saysWhatIsWrongAndWhere(right: String, wrong: String, message: String) throws {
    let range = try #require(Self.minimal.firstRange(of: right), "the case must change something")
    let text = Self.minimal[..<range.lowerBound] + wrong + Self.minimal[range.upperBound...]
    let error = #expect(throws: NNXError.self) { try Self.card(String(text)) }
    #expect(error?.code == .invalidRegistry)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test func theSummaryHoldsTheEntryAndWhatFollows() throws {
    let summary = try Self.card().summaryJSON
    #expect(summary["name"] == "liver-x")
    #expect(summary["commercial"] == "unknown")
    #expect(summary["downloadBytes"] == 7)
    #expect(summary["cite"]?.array?.map { $0["key"] } == ["zenodo12", "paper"])
  }

  @Test(arguments: [
    ("kidney-ct", true), ("a", true), ("liver2-ct.v1_x", true),
    (String(repeating: "a", count: 64), true),
    (String(repeating: "a", count: 65), false), ("", false), ("Kidney", false), ("-a", false),
    (".a", false), ("a/b", false), ("a..b", false), ("123", false), ("a.zip", false), ("ä", false),
    ("a b", false), ("a\0", false),
  ])
  func names(text: String, isValid: Bool) {
    #expect(ModelName.isValid(text) == isValid)
  }
}

@Suite struct LicenseTests {
  private func license(_ spdx: String, _ scope: License.Scope?) -> License {
    License(spdx: spdx, statedBy: "a test", scope: scope)
  }

  @Test func theVerdictCountsWhatConcernsTheWeights() {
    let open = license("CC-BY-4.0", .weights)
    let closed = license("CC-BY-NC-4.0", .weights)
    let odd = license("LicenseRef-Mine", .weights)
    #expect(CommercialUse([]) == .unknown)
    #expect(CommercialUse([open]) == .yes)
    #expect(CommercialUse([closed]) == .no)
    #expect(CommercialUse([open, closed]) == .conflict)
    #expect(CommercialUse([open, odd]) == .unknown)
    #expect(CommercialUse([closed, odd]) == .no)
    #expect(CommercialUse([closed, license("MIT", .code)]) == .no)
    #expect(CommercialUse([open, license("CC-BY-NC-SA-4.0", .data)]) == .yes)
    #expect(CommercialUse([open, license("CC-BY-NC-4.0", nil)]) == .conflict)
    #expect(!CommercialUse.conflict.isAllowed && !CommercialUse.unknown.isAllowed)
  }
}
