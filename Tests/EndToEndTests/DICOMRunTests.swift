import Foundation
import NNXSystem
import TestSupport
import Testing

/// A prediction from a series of DICOM, and what is done with it afterwards.
@Suite struct DICOMRunTests {
  /// Slices of the reference at even distances.
  private func fixture() throws -> CohortFixture {
    let cohort = try CohortFixture(scans: [])
    let source = Fixtures.folder + "/dicom/uneven"
    for name in try Folder.entries(source).sorted().prefix(5) {
      try cohort.folder.write("scan/\(name)", try cohort.folder.read("\(source)/\(name)"))
    }
    return cohort
  }

  @Test func aSegmentationOfASeriesIsDrawnVerifiedReportedAndKept() throws {
    let cohort = try fixture()
    func predict(_ flags: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(
        ["predict", "m", "scan", "-o", "out/a.dcm", "--no-tta", "--step-size", "1"] + flags,
        folder: cohort.folder.path)
    }
    func nnx(_ arguments: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(arguments, folder: cohort.folder.path)
    }
    let first = try predict("--preview", "--stats")
    #expect(first.status == 0, "\(first.errors)")
    #expect(
      try cohort.files("out") == ["a.dcm", "a.nnx.json", "a.preview.png", "a.stats.json"])
    // The stored kind is a setting of the run.
    #expect(try predict("--preview", "--stats").errors.contains("done already"))
    let other = try predict("--seg-type", "labelmap")
    #expect(other.status == 73)
    #expect(other.errors.contains("made with --seg-type binary, now labelmap"), "\(other.errors)")
    // The series is found by its address.
    let verified = try nnx("verify", "out/a.dcm", "--json")
    #expect(verified.status == 0, "\(verified.output)")
    let answer = try OrderedJSON(parsing: Array(verified.output.utf8), source: "nnx")
    let checks = answer["data"]?["runs"]?.array?.first?["checks"]?.array ?? []
    let input = try #require(checks.first { $0["kind"]?.string == "input" })
    #expect(input["state"]?.string == "ok" && input["item"]?.string?.contains("scan#") == true)
    let report = try nnx("report", "out", "-o", "r.html")
    #expect(report.status == 0 && !report.errors.contains("not shown"), "\(report.errors)")
    let page = try cohort.text("r.html")
    #expect(!page.contains("labels are shown alone") && !page.contains("is not the image"))
    // A slice that was changed is found.
    let slice = "\(cohort.folder.path)/scan/IM0002.dcm"
    var bytes = try cohort.folder.read(slice)
    bytes[bytes.count - 9] ^= 1
    try cohort.folder.write("scan/IM0002.dcm", bytes)
    let changed = try nnx("verify", "out/a.dcm")
    #expect(changed.status == 1 && changed.output.contains("DIFFERS"), "\(changed.output)")
  }

  @Test func labelsSayWhoMadeThem() throws {
    let cohort = try fixture()
    func convert(_ arguments: String...) throws {
      let result = try cohort.nnx.run(["convert"] + arguments, folder: cohort.folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
    // Something that has labels: no tool tells who drew it.
    let seg = Fixtures.folder + "/seg/hd_odd_size"
    let like = Fixtures.folder + "/dicom/odd_size"
    try convert(seg + "/labels.nii.gz", "--like", like, "-o", "unknown.dcm")
    try convert(seg + "/labels.nii.gz", "--like", like, "-o", "hand.dcm", "--made-by", "hand")
    try convert(seg + "/seg.dcm", "--like", like, "-o", "kept.dcm")
    func text(_ name: String) throws -> String {
      String(decoding: try cohort.folder.read("\(cohort.folder.path)/\(name)"), as: UTF8.self)
    }
    let (unknown, hand, kept) = (
      try text("unknown.dcm"), try text("hand.dcm"), try text("kept.dcm")
    )
    #expect(unknown.contains("SEMIAUTOMATIC") && unknown.contains("not known"))
    #expect(hand.contains("MANUAL") && !hand.contains("AUTOMATIC"))
    #expect(!kept.contains("SEMIAUTOMATIC") && kept.contains("AUTOMATIC"))
    for file in [unknown, hand, kept] { #expect(!file.contains("nnx convert")) }
  }

  /// A result is called by the folder's name, which `.` is not: `._seg.nii.gz` would be hidden.
  @Test func theFolderThatOneStandsInHasAName() throws {
    let cohort = try fixture()
    let result = try cohort.nnx.run(
      ["predict", "m", ".", "--no-tta", "--step-size", "1"], folder: cohort.folder.path + "/scan")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try cohort.files("scan").contains("scan_seg.nii.gz"))
  }

  /// What is allowed for NIfTI is no way out for DICOM.
  @Test func slicesThatWereMadeAreNoPlaceForASegmentation() throws {
    let cohort = try CohortFixture(scans: [])
    let scan = Fixtures.folder + "/dicom/uneven"
    let result = try cohort.nnx.run(
      ["predict", "m", scan, "-o", "a.dcm", "--allow", "uneven", "--no-tta"],
      folder: cohort.folder.path)
    #expect(result.status == 65, "\(result.errors)")
    #expect(result.errors.contains("lies on the scanner's own slices"), "\(result.errors)")
    #expect(result.errors.contains("Or write NIfTI or NRRD: -o x.nii.gz"))
    #expect(!result.errors.contains("Or have them made"))
  }

  @Test func slicesBesideResultsAreNotAllNamedOnTheScreen() throws {
    let cohort = try fixture()
    let predicted = try cohort.nnx.run(
      ["predict", "m", "scan", "-o", "scan/a.dcm", "--no-tta", "--step-size", "1"],
      folder: cohort.folder.path)
    #expect(predicted.status == 0, "\(predicted.errors)")
    try cohort.folder.write("scan/b.nii.gz", [1])
    let report = try cohort.nnx.run(["report", "scan", "-o", "r.html"], folder: cohort.folder.path)
    #expect(report.status == 0, "\(report.errors)")
    let notes = report.errors.split(separator: "\n").filter { $0.hasPrefix("note: not shown") }
    #expect(notes.count == 6 && notes.last == "note: not shown: 1 more, which the page names")
    #expect(try cohort.text("r.html").contains("b.nii.gz"))
  }
}
