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

  /// Lesions that have no names of their own.
  @Test func labelsOfOneNameAreOne() throws {
    let pairing = try LabelPairing(
      table([1: "tumor", 2: "liver", 3: "Tumor"]), table([1: "Liver", 2: "Tumor"]),
      names: ("a", "b"))
    #expect(text(pairing) == ["tumor: 1+3 > 2", "liver: 2 > 1"])
    #expect(pairing.notes.contains("labels of one name in a are taken together: tumor (1+3)"))
    // By code where they have one; segments never by number.
    let (left, right) = (
      segments([entry(1, "T", "SCT", "108369006"), entry(2, "T", "SCT", "108369006")]),
      segments([entry(1, "Neoplasm", "SCT", "108369006")])
    )
    #expect(text(try LabelPairing(left, right)) == ["T: 1+2 > 1"])
    #expect(text(try LabelPairing(left, left)) == ["T: 1+2 > 1+2"])
    // Where both number them alike, or a person says a number, each is itself.
    let twins = table([1: "tumor", 2: "tumor"])
    #expect(text(try LabelPairing(twins, twins)) == ["tumor: 1 > 1", "tumor: 2 > 2"])
    #expect(
      text(try LabelPairing(twins, table([5: "tumor"]), matches: [.init(first: "2", second: "5")]))
        == ["tumor: 1 > 1", "tumor: 2 > 5"])
  }

  /// The same anatomy under other numbers, and a label that is a region elsewhere.
  @Test func regionsAreOfTheNamesWhereNumbersAreOthers() throws {
    let brain = RegionNumbersTests.brain
    let parts = brain.entries.map(\.name)
    let turned = table([1: parts[2], 2: parts[1], 3: parts[0]])
    let pairing = try LabelPairing(brain, turned, names: ("a", "b"))
    #expect(text(pairing).prefix(2) == ["whole: 1+2+3 > 1+2+3", "core: 2+3 > 1+2"])
    #expect(!pairing.notes.contains { $0.contains("no regions") })
    let core = try LabelPairing(brain, table([1: "core"]), names: ("a", "b"))
    #expect(text(core).contains("core: 2+3 > 1"), "\(text(core))")
    #expect(core.notes.contains { $0.hasPrefix("b has not all labels of whole") })
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

  // MARK: - Segments of DICOM

  /// A label with the code of its type.
  private func entry(
    _ value: Int, _ name: String, _ scheme: String = "", _ code: String = "",
    meaning: String = "something"
  ) -> LabelTable.Entry {
    .init(
      value: value, name: name,
      terms: code.isEmpty
        ? [] : [.init(role: "type", value: code, scheme: scheme, meaning: meaning)])
  }

  private func segments(_ entries: [LabelTable.Entry]) -> LabelTable {
    LabelTable(entries, isOfSegments: true)
  }

  @Test func segmentsAreNeverPairedByNumber() throws {
    let seg = segments([
      entry(1, "Liver", "SCT", "10200004"), entry(2, "Spleen", "SCT", "78961009"),
    ])
    let bare = LabelTable().covering([1, 3])
    for (first, second) in [(seg, bare), (bare, seg)] {
      let error = #expect(throws: NNXError.self) { try LabelPairing(first, second) }
      #expect(error?.code == .usage && error?.fixes.first?.contains("--map 1=1") == true)
    }
    // What a person says counts, of labels and segments that a case lacks, too.
    let pairing = try LabelPairing(
      bare, seg, matches: ["1=Spleen", "3=Liver"].compactMap { LabelMatch($0) })
    #expect(text(pairing) == ["Spleen: 1 > 2", "Liver: 3 > 1"])
    let lacking = try LabelPairing(
      LabelTable().covering([1]), segments([entry(1, "Spleen", "SCT", "78961009")]),
      matches: ["1=Liver", "3=Spleen"].compactMap { LabelMatch($0) })
    #expect(text(lacking) == ["label 1: 1 > ", "Spleen: 3 > 1"])
    #expect(lacking.notes == ["the second has no label 'Liver' of --map"])
    // A side without a label has nothing to pair.
    #expect(text(try LabelPairing(seg, LabelTable())) == ["Liver: 1 > ", "Spleen: 2 > "])
    // Of one number and another name they are two.
    #expect(
      text(try LabelPairing(seg, LabelTable([entry(1, "tumour"), entry(2, "liver")])))
        == ["Liver: 1 > 2", "Spleen: 2 > ", "tumour:  > 1"])
  }

  @Test func codesCountInAnySchemeThatSaysTheSame() throws {
    let ours = segments([
      entry(1, "Leber", "SCT", "10200004"), entry(2, "Milz", "SCT", "78961009"),
      entry(3, "Herd", "99ACME", "7", meaning: "Lesion"),
    ])
    let slicer = segments([
      entry(4, "foie", "SRT", "T-62000"), entry(2, "rate", "SNM3", "T-C3000"),
      entry(1, "lesion A", "99ACME", "7", meaning: "lesion"),
    ])
    #expect(text(try LabelPairing(ours, slicer)) == ["Leber: 1 > 4", "Milz: 2 > 2", "Herd: 3 > 1"])
    // Of a name in a file without codes, too.
    #expect(
      text(try LabelPairing(ours, LabelTable([entry(3, "liver"), entry(1, "herd")])))
        == ["Leber: 1 > 3", "Milz: 2 > ", "Herd: 3 > 1"])
    // One private code with two meanings is two; codes that say only that it is something are none.
    for (scheme, code, meanings) in [
      ("99LOCAL", "1", ("Cyst", "Tumour")), ("SRT", "T-D0050", ("Tissue", "Tissue")),
      ("SCT", "85756007", ("Tissue", "Tissue")), ("L", "1", ("a", "b")),
    ] {
      let pairing = try LabelPairing(
        segments([entry(1, "cyst", scheme, code, meaning: meanings.0)]),
        segments([entry(1, "growth", scheme, code, meaning: meanings.1)]))
      #expect(text(pairing) == ["cyst: 1 > ", "growth:  > 1"], "\(scheme) \(code)")
    }
  }

  @Test func regionsOfSegmentsAreOfTheSameStructures() throws {
    let model = LabelTable(
      [entry(1, "edema"), entry(2, "necrosis"), entry(4, "enhancing")],
      regions: [.init(name: "whole", values: [1, 2, 4]), .init(name: "core", values: [2, 4])])
    let seg = segments([
      entry(1, "Enhancing"), entry(2, "Edema", "SRT", "M-36300"), entry(3, "Necrosis"),
    ])
    let pairing = try LabelPairing(model, seg)
    #expect(text(pairing).prefix(2) == ["whole: 1+2+4 > 1+2+3", "core: 2+4 > 1+3"])
    #expect(text(pairing).contains("enhancing: 4 > 1"))
    let part = try LabelPairing(model, segments([entry(1, "edema")]))
    #expect(text(part) == ["edema: 1 > 1", "necrosis: 2 > ", "enhancing: 4 > "])
    #expect(part.notes == ["the second has not all labels of whole, core: not compared"])
  }
}
