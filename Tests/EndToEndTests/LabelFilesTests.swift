import Foundation
import NNXSystem
import TestSupport
import Testing

/// What is asked of label files, and what of them stays when they change their kind.
@Suite struct LabelFilesTests {
  /// 1 liver, 2 lesion, as a model names them.
  private func labelled(_ name: String = "seg.nii.gz") throws -> CohortFixture {
    let cohort = try CohortFixture(scans: ["p.nii.gz"])
    let made = try cohort.predict("-i", "p.nii.gz", "-o", name)
    try #require(made.status == 0, "\(made.errors)")
    return cohort
  }

  private func run(_ cohort: CohortFixture, _ arguments: String...) throws -> Binary.Outcome {
    try cohort.nnx.run(arguments, folder: cohort.folder.path)
  }

  @Test(arguments: [("seg.nii.gz", "a.nrrd"), ("seg.nrrd", "a.nii.gz"), ("seg.mha", "a.nrrd")])
  func namesStayInOtherFiles(_ name: String, _ other: String) throws {
    let cohort = try labelled(name)
    let before = try run(cohort, "labels", name).output
    #expect(before.contains("liver") && before.contains("lesion"))
    #expect(try run(cohort, "convert", name, "-o", other).status == 0)
    #expect(try run(cohort, "labels", other).output == before)
    #expect(try run(cohort, "diff", name, other).status == 0)
  }

  @Test func oneLabelIsTakenByItsName() throws {
    let cohort = try labelled()
    #expect(
      try run(cohort, "convert", "seg.nii.gz", "--segment", "Lesion", "-o", "one.nii.gz").status
        == 0)
    let lines = try run(cohort, "stats", "one.nii.gz", "--format", "csv").output.split(
      separator: "\n")
    let all = try run(cohort, "stats", "seg.nii.gz", "--format", "csv").output.split(
      separator: "\n")
    func field(_ line: Substring, _ place: Int) -> Substring { line.split(separator: ",")[place] }
    #expect(lines.count == 2 && all.count == 3)
    #expect(field(lines[1], 2) == "lesion" && field(lines[1], 3) == field(all[2], 3))

    let none = try run(
      cohort, "convert", "seg.nii.gz", "--segment", "spleen", "-o", "none.nii.gz")
    #expect(none.status == 64 && none.errors.contains("it has 1 liver, 2 lesion"))
    for (input, flag, value) in [
      ("seg.nii.gz", "--threshold", "0.5"), ("\(Fixtures.folder)/dicom/odd_size", "--segment", "1"),
    ] {
      let refused = try run(cohort, "convert", input, flag, value, "-o", "none.nii.gz")
      #expect(refused.status == 64 && refused.errors.contains(flag), "\(refused.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/none.nii.gz"))
  }

  /// Two values of one name are one structure, unless both files number them alike.
  @Test func labelsOfOneNameAreTakenTogether() throws {
    let cohort = try CohortFixture(scans: ["p.nii.gz"])
    func write(_ name: String, _ values: String, _ voxels: [UInt8]) throws {
      var text = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 1 1\nencoding: raw\n"
      text += "space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\n"
      for (index, value) in values.split(separator: " ").enumerated() {
        text += "Segment\(index)_Name:=Tumor\nSegment\(index)_LabelValue:=\(value)\n"
        text += "Segment\(index)_Layer:=0\n"
      }
      try cohort.folder.write(name, Array((text + "\n").utf8) + voxels)
    }
    try write("r/a.seg.nrrd", "1 2", [1, 2, 2, 0])
    try write("p/a.seg.nrrd", "1", [1, 0, 0, 0])
    let compared = try run(cohort, "evaluate", "p", "r", "--json")
    let json = try OrderedJSON(parsing: Array(compared.output.utf8), source: "nnx")
    let mean = json["data"]?["mean"]?.members
    #expect(mean?.count == 1 && mean?.first?.value["Dice"]?.double == 0.5, "\(compared.output)")
    #expect(
      json["data"]?["notes"]?.array?.contains { $0.string?.contains("Tumor (1+2)") == true } == true
    )
    #expect(
      try run(cohort, "convert", "r/a.seg.nrrd", "--segment", "tumor", "-o", "t.nii.gz").status == 0
    )
    let taken = try run(cohort, "stats", "t.nii.gz", "--format", "csv").output
    #expect(taken.split(separator: "\n").count == 3, "\(taken)")
  }

  @Test func tablesHaveTabs() throws {
    let cohort = try labelled()
    let stats = try run(cohort, "stats", "seg.nii.gz", "--format", "tsv").output
    #expect(stats.hasPrefix("segmentation\tvalue\tname\t"))
    #expect(try run(cohort, "stats", "seg.nii.gz", "-o", "s.tsv").status == 0)
    #expect(try cohort.folder.read(cohort.folder.path + "/s.tsv") == Array(stats.utf8))
    let labels = try run(cohort, "labels", "seg.nii.gz", "--format", "bids").output
    #expect(labels.hasPrefix("index\tname\tcolor"))
    #expect(try !run(cohort, "licenses").output.contains("\\t"))
  }

  /// The record of another file of that name makes no labels of a scan.
  @Test func aScanStaysAScan() throws {
    let cohort = try labelled("p.mha")
    #expect(try run(cohort, "convert", "p.nii.gz", "-o", "q.nrrd").status == 0)
    #expect(try run(cohort, "stats", "q.nrrd").status == 65)
  }

  @Test func whatHasNoRecordIsNotDamaged() throws {
    let cohort = try labelled()
    let bytes = try cohort.folder.read(cohort.folder.path + "/seg.nii.gz")
    try cohort.folder.write("moved.nii.gz", bytes)
    let moved = try run(cohort, "verify", "moved.nii.gz")
    #expect(moved.status == 66 && moved.errors.contains("moved.nii.gz has no record"))
    #expect(!moved.errors.contains("damaged"))
    let other = try cohort.predict("-i", "p.nii.gz", "-o", "seg.mha")
    #expect(other.status == 73 && other.errors.contains("belongs to seg.nii.gz"), "\(other.errors)")
  }
}
