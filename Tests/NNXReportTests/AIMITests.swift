import NNXSystem
import TestSupport
import Testing

@testable import NNXReport

/// One case of AIMI's liver-mr, and how the publisher's library measures it under the publisher's rule
/// (segmentationmetrics 1.2.0): ne1 Dice 0.8509, HD95 30.338, MSD 4.907, NSD(7 mm) 0.7133; rad1 marked it as
/// right and corrected it all the same, 0.8300.
@Suite struct AIMITests {
  let folder: TemporaryFolder

  init() throws {
    folder = try Fixtures.unzip("aimi/liver-mr.zip")
  }

  private func entries(
    _ rule: AIMIRule, predictions: String? = nil
  ) throws -> [AIMIComparison.Entry] {
    try AIMIComparison(folder.path, predictions: predictions, rule: rule, tolerance: 7).entries
  }

  @Test(arguments: AIMIRule.allCases)
  func correctionsCountAsTheRuleSays(_ rule: AIMIRule) throws {
    let entries = try entries(rule).filter { $0.pairing == .aiQA }
    #expect(entries.map(\.reviewer) == ["ne1", "rad1"])
    #expect(Set(entries.map(\.label)) == ["Liver"])
    let (ne1, rad1) = (entries[0], entries[1])
    #expect(abs((ne1.dice ?? 0) - 0.8509) < 5e-5)
    let surface = try #require(ne1.surface)
    #expect(abs(surface.hd95 - 30.338) < 5e-4)
    #expect(abs(surface.average - 4.907) < 5e-4)
    #expect(abs(surface.dice - 0.7133) < 5e-5)
    #expect(ne1.likert == 2 && rad1.likert == 5)
    let accepted = rule == .honest ? 0.8300 : 1
    #expect(abs((rad1.dice ?? 0) - accepted) < 5e-5)
    #expect(rad1.isCorrected == (rule == .honest))
  }

  @Test func predictionsAreFoundByTheirSeries() throws {
    // The network's own file under another name: it says which series it is of.
    let predictions = folder.path + "/mine"
    try Folder.create(predictions)
    let name = "ai_TCGA-DD-A4NB_20040207_1.seg.dcm"
    try Folder.linkOrCopy(
      "\(folder.path)/liver-mr/ai-segmentations-dcm/\(name)", to: predictions + "/x.dcm")
    let entries = try entries(.honest, predictions: predictions)
    #expect(entries.count == 6)
    let same = entries.filter { $0.pairing == .predictionAI }
    #expect(same.count == 2 && same.allSatisfy { $0.dice == 1 && $0.surface?.hd95 == 0 })
    let own = entries.filter { $0.pairing == .predictionQA }.map { $0.dice ?? 0 }
    #expect(own == entries.filter { $0.pairing == .aiQA }.map { $0.dice ?? 0 })
  }

  @Test func marksAreCounted() throws {
    let result = try AIMIComparison(
      folder.path, predictions: nil, rule: .honest, tolerance: 7)
    #expect(result.likert.map(\.reviewer) == ["ne1", "rad1"])
    #expect(result.likert.map(\.counts) == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 1]])
    let rows = result.rows
    #expect(rows.map(\.cases) == [1, 1])
    #expect(rows[0].dice?.deviation == nil && rows[0].dice?.count == 1)
  }

  @Test func columnsAreFoundByName() throws {
    let table = [
      "LikertScore,Reviewer,CorrectedSegmentation,CommentsAboutScan,Validation,"
        + "PTSeriesInstanceUID,AISegmentation",
      "4,ne2,,\"two lesions, \"\"small\"\"\",True,1.2,ai_A.nii.gz\r",
      ",rad1,rad1_A.nrrd,,FALSE,1.3,ai_B.seg.dcm", "", "",
    ].joined(separator: "\n")
    let results = try QAResults(
      DelimitedReader(parsing: Array(table.utf8), source: "a"), source: "a")
    #expect(
      results.rows == [
        .init(
          reviewer: "ne2", isValidated: true, series: "1.2", segmentation: "ai_A", correction: nil,
          likert: 4),
        .init(
          reviewer: "rad1", isValidated: false, series: "1.3", segmentation: "ai_B",
          correction: "rad1_A", likert: nil),
      ])
    for broken in ["", "Reviewer,Validation\nne1", "Reviewer\nne1\n", "a,\"b\n"] {
      #expect(throws: NNXError.self) {
        try QAResults(DelimitedReader(parsing: Array(broken.utf8), source: "a"), source: "a")
      }
    }
  }

  @Test func spreadIsThatOfASample() {
    let spread = AIMIComparison.Spread([1, nil, 2, 4, .infinity])
    #expect(spread?.count == 3)
    #expect(abs((spread?.mean ?? 0) - 7.0 / 3) < 1e-12)
    #expect(abs((spread?.deviation ?? 0) - 1.527_525_231_651_947) < 1e-12)
    #expect(AIMIComparison.Spread([nil]) == nil)
  }
}
