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
