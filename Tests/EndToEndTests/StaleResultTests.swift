import Foundation
import NNXSystem
import TestSupport
import Testing

/// Results of earlier runs are not taken for those of the run that a record tells of.
@Suite struct StaleResultTests {
  @Test func aResultThatWasBroughtBackIsNotDone() throws {
    let cohort = try CohortFixture(scans: ["p.nii.gz"])
    func predict(_ flags: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(
        ["predict", "m", "p.nii.gz", "-o", "s.nii.gz"] + flags, folder: cohort.folder.path)
    }
    #expect(try predict("--no-tta").status == 0)
    let old = try cohort.folder.read(cohort.folder.path + "/s.nii.gz")
    #expect(try predict("--step-size", "1", "--overwrite").status == 0)
    let record = try cohort.digest("s.nnx.json")
    try #require(try cohort.folder.read(cohort.folder.path + "/s.nii.gz") != old)
    try cohort.folder.write("s.nii.gz", old)
    let again = try predict("--step-size", "1")
    #expect(again.status == 73 && !again.errors.contains("done already"), "\(again.errors)")
    #expect(try cohort.digest("s.nnx.json") == record)
    #expect(try predict("--step-size", "1", "--overwrite").status == 0)
  }

  @Test func theTableHoldsNothingOfWhatChangedOrIsGone() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz", "c/p3.nii.gz"])
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats").status == 0)
    let own = try cohort.folder.read(cohort.folder.path + "/out/p1.nii.gz")
    try cohort.folder.write("out/p1.nii.gz", own + [0])
    try cohort.remove(
      "c/p3.nii.gz", "out/p3.nii.gz", "out/p3.nnx.json", "out/p3.stats.json")
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats").status == 1)
    let table = try cohort.folder.read(cohort.folder.path + "/out/nnx-stats.csv")
    let rows = String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(rows.count == 2 && rows.allSatisfy { $0.hasPrefix("p2,out/p2.nii.gz,") })
  }

  /// Another command that makes nothing takes no row away, and whoever gathers hears of two makers.
  @Test func rowsStayOfResultsThatStay() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz", "d/p3.nii.gz"])
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats").status == 0)
    let table = try cohort.text("out/nnx-stats.csv")
    #expect(
      try cohort.predict("-i", "c", "-o", "out", "--stats", "--step-size", "1").status == 1)
    #expect(try cohort.text("out/nnx-stats.csv") == table)
    func gather() throws -> String {
      try cohort.nnx.run(["gather", "out"], folder: cohort.folder.path).errors
        .split { $0.isWhitespace }.joined(separator: " ")
    }
    #expect(try !gather().contains("not all of one model"))
    #expect(try cohort.predict("-i", "d", "-o", "out", "--step-size", "1").status == 0)
    #expect(try gather().contains("(3, by 2 settings)"))
  }

  /// A folder of slices may have its result in a folder, as a folder of files has.
  @Test func aNameWithoutEndingIsAFolder() throws {
    let cohort = try CohortFixture(scans: [])
    let series = "\(Fixtures.folder)/dicom/odd_size"
    let told = try cohort.predict("-i", series, "-o", "out", "--allow", "units", "--dry-run")
    #expect(told.status == 0, "\(told.errors)")
    #expect(try cohort.predict("-i", series, "-o", "out", "--allow", "units").status == 0)
    #expect(try cohort.files("out").contains("odd_size.nii.gz"))
    let again = try cohort.predict("-i", series, "-o", "out", "--allow", "units", "--dry-run")
    #expect(again.errors.contains("1 result of 1 there already"), "\(again.errors)")
  }

  @Test func aRecordBelongsToOneSegmentation() throws {
    let cohort = try CohortFixture(scans: ["p.nii.gz"])
    #expect(try cohort.predict("-i", "p.nii.gz", "-o", "s.mha", "--stats").status == 0)
    let before = try cohort.files(".")
    let other = try cohort.predict("-i", "p.nii.gz", "-o", "s.nii.gz", "--overwrite")
    #expect(other.status == 73 && other.errors.contains("s.nnx.json exists"), "\(other.errors)")
    #expect(try cohort.files(".") == before)
  }

  @Test func severalCasesNeedAFolderAndFoldersInsideAreTold() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz", "c/more/p3.nii.gz"])
    let named = try cohort.predict("-i", "c", "-o", "s.nii.gz")
    #expect(named.status == 64 && named.errors.contains("need a folder"), "\(named.errors)")
    let done = try cohort.predict("-i", "c", "-o", "out")
    #expect(done.status == 0)
    #expect(done.errors.contains("1 folder in c, not looked into: more"), "\(done.errors)")
  }

  /// `/dev/full` is a disk without room.
  @Test func anAnswerThatIsCutOffIsAFailure() throws {
    let nnx = Binary()
    let outcome = try nnx.run(
      ["--help"], under: ["/bin/bash", "-c", "exec \"$0\" list -a > /dev/full"])
    #expect(outcome.status == 74 && outcome.errors.contains("no-space"), "\(outcome.errors)")
  }
}
