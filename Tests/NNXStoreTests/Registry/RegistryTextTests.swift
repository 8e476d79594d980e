import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// A registry that is read piece by piece says what it says when it is read whole.
@Suite struct RegistryTextTests {
  private func whole() throws -> Registry {
    try Registry(
      OrderedJSON(parsing: Resource.registry.bytes, source: "whole"), source: "whole", folder: nil)
  }

  @Test func everyPieceIsThatOfTheWhole() throws {
    let (lazy, whole) = (try Registry.embedded(), try whole())
    #expect(lazy.text != nil && whole.text == nil)
    #expect(lazy.names == whole.names)
    #expect(lazy.entries.names == whole.entries.names)
    #expect(lazy.models == whole.models)
    #expect(lazy.collections == whole.collections)
    #expect(lazy.citations == whole.citations)
    #expect(lazy.version == whole.version && lazy.updated == whole.updated)
    #expect(lazy.document == whole.document)
  }

  @Test func theSearchPassesNothingOver() throws {
    let (lazy, whole) = (try Registry.embedded(), try whole())
    for text in [
      "liver", "kidneys", "tumour", "Oesophag", "MR", "lung nodule", "aimi", "femur", "ü", "",
    ] {
      #expect(
        lazy.search([text]).map(\.name) == whole.search([text]).map(\.name), "\(text)")
    }
  }

  @Test func severalRegistriesKeepTheirEntriesAsTexts() throws {
    let (lazy, whole) = (try Registry.embedded(), try whole())
    let both = Registry(merging: [lazy, whole])
    #expect(both.names == whole.names)
    let card = try #require(both.card(named: "liver-tumor-ct"))
    #expect(card == whole.card(named: "liver2-ct"))
    #expect(both.home(of: card).source == lazy.source)
  }

  @Test func anEntryKnowsItsPublishedFoldsWithoutACard() throws {
    let (lazy, whole) = (try Registry.embedded(), try whole())
    for name in whole.names {
      let entry = try #require(lazy.entry(named: name))
      #expect(entry == whole.card(named: name)?.entry)
    }
  }

  private let outline = """
    {
      "a": [1, 2],
      "models": [
        {
          "title": "x",
          "name": "b",
          "aliases": ["c", "d"],
          "weights": [
            {
              "labels": [
                {"name": "i"}
              ]
            }
          ],
          "labels": [
            {"name": "f"}
          ]
        },
        {
          "name": "e"
        }
      ],
      "g": {
        "h": 1
      }
    }

    """

  @Test func theOutlineIsFoundByItsLines() throws {
    let text = Array(outline.utf8)
    let skim = text.withRawSpan { RegistrySkim($0) }
    #expect(skim.entries.map(\.name) == ["b", "e"])
    #expect(skim.entries.map(\.aliases) == [["c", "d"], []])
    let pieces = skim.entries[0].pieces.map { String(decoding: text[$0], as: UTF8.self) }.joined()
    #expect(pieces.contains(#""f""#) && pieces.contains("labels") && !pieces.contains(#""i""#))
    func parsed(_ place: Range<Int>) throws -> OrderedJSON {
      try OrderedJSON(parsing: Array(text[place]), source: "piece")
    }
    let whole = try OrderedJSON(parsing: text, source: "whole")
    #expect(try skim.entries.map { try parsed($0.place) } == whole["models"]?.array)
    #expect(try skim.members.mapValues { try parsed($0) } == ["a": whole["a"], "g": whole["g"]])
  }

  /// Of what is no registry it finds something or nothing, and never leaves the bytes.
  @Test func textsThatAreCutAreLeftInTime() throws {
    let text = Array(outline.utf8)
    for count in 0..<text.count {
      _ = Array(text.prefix(count)).withRawSpan { RegistrySkim($0) }
    }
    for byte in text.indices {
      for other in Array("\\\"{}\n ".utf8) + [0xFF] {
        var changed = text
        changed[byte] = other
        _ = changed.withRawSpan { RegistrySkim($0) }
      }
    }
  }

  @Test func aChangedFileBesideTheBinaryIsReadWhole() throws {
    let folder = try TemporaryFolder()
    let same = try folder.write("same/registry.json", Resource.registry.bytes)
    #expect(try Registry.beside(same).text != nil)
    let text = String(decoding: Resource.registry.bytes, as: UTF8.self)
    let changed = try folder.write(
      "changed/registry.json",
      Array(text.replacing("\"collection\": \"aimi\"", with: "\"collection\": \"b\"").utf8))
    #expect(throws: NNXError.self) { try Registry.beside(changed) }
  }
}
