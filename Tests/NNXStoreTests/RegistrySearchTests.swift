import NNXStore
import NNXSystem
import Testing

@Suite struct RegistrySearchTests {
  @Test(arguments: [
    ("kitten", "sitting", 3), ("", "abc", 3), ("liver-ct", "liver2-ct", 1), ("lvier", "liver", 1),
    ("same", "same", 0),
  ])
  func editDistances(a: String, b: String, expected: Int) {
    #expect(editDistance(a, b) == expected)
    #expect(editDistance(b, a) == expected)
  }

  @Test(arguments: [
    ("lung-ct2", ["lung2-ct", "lung-ct", "lung5-mr"]),
    ("livr-ct", ["liver-ct", "liver2-ct", "liver-mr"]),
    ("kidny", ["kidney-ct"]),
    ("ct-kidney", ["kidney-ct"]),
    ("Dataset006_Liver", ["liver2-ct"]),
    ("liver-tumour-ct", ["liver2-ct"]),
  ])
  func nearestNames(typed: String, expected: [String]) throws {
    let close = try Registry.repository().nearestNames(to: typed)
    #expect(Array(close.prefix(expected.count)) == expected)
  }

  @Test func nothingIsNearToNonsense() throws {
    #expect(try Registry.repository().nearestNames(to: "xyzzy-quux") == [])
  }

  @Test func theErrorForAnUnknownName() throws {
    let error = try Registry.repository().unknownModel("lung-ct2")
    #expect(error.message == "no model is called 'lung-ct2'")
    #expect(error.details == ["Close names: lung2-ct, lung-ct, lung5-mr"])
    #expect(error.fixes == ["See all lung models with: nnx search lung"])
    #expect(error.code.status == .notFound)
    let lost = try Registry.repository().unknownModel("xyzzy-quux")
    #expect(lost.details == [])
    #expect(lost.fixes == ["See all models with: nnx search"])
  }

  @Test(arguments: [
    (["lung"], ["lung-ct", "lung-fdg-pet-ct", "lung2-ct", "task006-lung", "demo-ct"]),
    (["lung", "pet"], ["lung-fdg-pet-ct"]),
    (["liver", "MR"], ["liver-mr"]),
    (["cyst"], ["kidney-ct"]),
    (["glio"], ["brain-mr"]),
    (["Task788_ProstateX"], ["prostate-mr"]),
    (["t1ce"], ["brain-mr"]),
    (["gallbladder"], ["task017-abdominalorgansegmentation"]),
    (["unicorn"], []),
  ])
  func searching(words: [String], expected: [String]) throws {
    // Those that were written by hand: made ones come and go.
    let own = ["aimi", "nnunet-v1", "nnx"]
    let found = try Registry.repository().search(words).filter { own.contains($0.collection) }
    #expect(found.map(\.name) == expected)
  }

  @Test func noWordsFindEverything() throws {
    let registry = try Registry.repository()
    #expect(registry.search([]).count == registry.models.count)
  }
}
