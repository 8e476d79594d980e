import NNXImage
import NNXSystem
import Testing

@testable import NNXReport

/// Which labels of two segmentations are the same.
@Suite struct LabelPairingTests {
  private func table(_ names: [Int: String]) -> LabelTable {
    LabelTable(names.map { .init(value: $0.key, name: $0.value) })
  }

  /// `name: values of the first > values of the second`.
  private func text(_ pairing: LabelPairing) -> [String] {
    pairing.pairs.map { pair in
      let sides = [pair.first, pair.second].map { $0.map(String.init).joined(separator: "+") }
      return "\(pair.name): " + sides.joined(separator: " > ")
    }
  }

  @Test func namesCountWhereBothHaveThem() throws {
    let pairing = try LabelPairing(
      table([1: "liver", 2: "Left_kidney"]), table([1: "left kidney", 5: "Liver"]),
      names: ("a.nii.gz", "b.nii.gz"))
    #expect(text(pairing) == ["liver: 1 > 5", "Left_kidney: 2 > 1"])
    #expect(pairing.notes.count == 1)
    #expect(
      pairing.notes.first?.hasSuffix("1 is liver in a.nii.gz, left kidney in b.nii.gz") == true)
  }

  @Test func whatHasNoPartnerByNameHasNone() throws {
    let pairing = try LabelPairing(table([1: "liver"]), table([1: "spleen", 2: "cyst"]))
    #expect(text(pairing) == ["liver: 1 > ", "spleen:  > 1", "cyst: 2 > 2"])
    #expect(pairing.notes.contains { $0.contains("--map 1=") })
  }

  @Test func numbersCountWhereOneHasNoNames() throws {
    let bare = LabelTable().covering([1, 3])
    let pairing = try LabelPairing(table([1: "liver", 2: "spleen"]), bare)
    #expect(text(pairing) == ["liver: 1 > 1", "spleen: 2 > 2", "label 3: 3 > 3"])
    #expect(pairing.notes == ["the second carries no names: labels are paired by number"])
    #expect(
      text(try LabelPairing(bare, table([1: "liver"]))) == ["liver: 1 > 1", "label 3: 3 > 3"])
    #expect(
      try LabelPairing(bare, bare).notes
        == ["neither file carries names: labels are paired by number"])
  }

  /// A label of a file without names is what its partner is, and the label of its number is not.
  @Test func whoeverHasNoNameTakesThatOfItsPartner() throws {
    let bare = LabelTable().covering([1, 5])
    let named = table([1: "lung", 3: "kidney", 4: "lesion"])
    #expect(
      text(try LabelPairing(bare, named, matches: [.init(first: "5", second: "kidney")]))
        == ["lung: 1 > 1", "label 3: 3 > ", "lesion: 4 > 4", "kidney: 5 > 3"])
    #expect(
      text(try LabelPairing(named, bare, matches: [.init(first: "kidney", second: "5")]))
        == ["lung: 1 > 1", "kidney: 3 > 5", "lesion: 4 > 4", "label 3:  > 3"])
  }

  @Test func whatAPersonSaysComesFirst() throws {
    func map(_ matches: String...) throws -> [String] {
      text(
        try LabelPairing(
          table([3: "liver", 5: "spleen"]), table([3: "spleen", 5: "Leber"]),
          matches: matches.compactMap { LabelMatch($0) }))
    }
    #expect(try map("3=5") == ["liver: 3 > 5", "spleen: 5 > 3"])
    #expect(try map("liver=leber", "spleen=3") == ["liver: 3 > 5", "spleen: 5 > 3"])
    for wrong in [["3=7"], ["lung=5"], ["3=5", "3=3"]] {
      let error = #expect(throws: NNXError.self) {
        try LabelPairing(
          table([3: "liver"]), table([3: "spleen", 5: "Leber"]),
          matches: wrong.compactMap { LabelMatch($0) })
      }
      #expect(error?.code == .usage)
    }
    #expect(LabelMatch("3") == nil && LabelMatch("=5") == nil && LabelMatch("a=b=c") == nil)
  }

  @Test func regionsOfOneSideAreThoseOfTheOther() throws {
    let brain = RegionNumbersTests.brain
    let bare = LabelTable().covering([1, 2, 3])
    #expect(
      text(try LabelPairing(bare, brain)).prefix(2) == ["whole: 1+2+3 > 1+2+3", "core: 2+3 > 2+3"])
    let named = table([1: "edema", 2: "necrosis", 3: "enhancing"])
    let pairing = try LabelPairing(brain, named, names: ("a", "b"))
    #expect(text(pairing).contains("whole: 1+2+3 > 1+2+3") && pairing.pairs.count == 5)
    #expect(pairing.notes.contains { $0.hasPrefix("b has no regions; its labels 1 (edema), ") })
  }
}
