import Foundation
import NNXSystem
import TestSupport
import Testing

/// `nnx predict --one-file-each`: a folder of masks for each case, under the rules of every other result.
@Suite struct OneFileEachTests {
  private func masks(_ cohort: CohortFixture, _ place: String) throws -> [String: String] {
    var digests: [String: String] = [:]
    for name in try cohort.files(place) { digests[name] = try cohort.digest("\(place)/\(name)") }
    return digests
  }

  @Test func eachCaseHasItsFolder() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz"])
    let plain = try cohort.predict("-i", "c", "-o", "plain")
    #expect(plain.status == 0, "\(plain.errors)")
    let made = try cohort.predict("-i", "c", "-o", "out", "--one-file-each")
    #expect(made.status == 0, "\(made.errors)")
    #expect(try cohort.digest("out/p1.nii.gz") == cohort.digest("plain/p1.nii.gz"))
    let table = try cohort.data(
      cohort.nnx.run(["labels", "out/p1.nii.gz", "--json"], folder: cohort.folder.path))
    let names = try #require(table["data"]?["labels"]?.array).compactMap { $0["name"]?.string }
    #expect(!names.isEmpty)
    for place in ["p1", "p2"] {
      #expect(
        try cohort.files("out/\(place).structures") == names.map { "\($0).nii.gz" }.sorted())
    }
    let record = try cohort.text("out/p1.nnx.json")
    #expect(record.contains("\"p1.structures/\(names[0]).nii.gz\""))
    let verified = try cohort.nnx.run(["verify", "out/p1.nii.gz"], folder: cohort.folder.path)
    #expect(verified.status == 0 && verified.output.contains("structure"), "\(verified.output)")

    // Moved as a whole, they are still the record's.
    let files = FileManager.default
    try files.moveItem(
      atPath: "\(cohort.folder.path)/out", toPath: "\(cohort.folder.path)/moved")
    let own = try masks(cohort, "moved/p1.structures")
    try cohort.remove("moved/p1.structures/\(names[0]).nii.gz")
    let again = try cohort.predict("-i", "c", "-o", "moved", "--one-file-each")
    #expect(again.status == 0 && again.errors.contains("2 done already"), "\(again.errors)")
    #expect(try masks(cohort, "moved/p1.structures") == own)
    #expect(try cohort.files("moved").count == 6)

    // What a person put there stays, and nothing is made over it; what nnx made goes with its map.
    let mine = "moved/p2.structures/mine.nii.gz"
    try cohort.folder.write(mine, [1, 2, 3])
    let over = try cohort.predict("-i", "c", "-o", "moved", "--overwrite", "--step-size", "0.9")
    #expect(over.status == 0, "\(over.errors)")
    #expect(try cohort.files("moved/p2.structures") == ["mine.nii.gz"])
    #expect(!files.fileExists(atPath: "\(cohort.folder.path)/moved/p1.structures"))
  }

  @Test func somebodysMaskIsNeverReplaced() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz"])
    #expect(try cohort.predict("-i", "c", "-o", "out", "--one-file-each").status == 0)
    let name = try #require(try cohort.files("out/p1.structures").first)
    try cohort.paint("out/p1.structures/\(name)")
    let edited = try cohort.digest("out/p1.structures/\(name)")
    for flags in [[], ["--overwrite"]] {
      let outcome = try cohort.nnx.run(
        ["predict", "-m", "m", "--no-tta", "-i", "c", "-o", "out", "--one-file-each"] + flags,
        folder: cohort.folder.path)
      #expect(outcome.status == 73, "\(outcome.errors)")
      #expect(outcome.errors.contains("p1.structures/\(name)"), "\(outcome.errors)")
      #expect(try cohort.digest("out/p1.structures/\(name)") == edited)
    }
  }

  /// Masks of a corrected map are those of the corrected one.
  @Test func masksFollowACorrection() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz"])
    #expect(try cohort.predict("-i", "c", "-o", "out", "--one-file-each").status == 0)
    let before = try masks(cohort, "out/p1.structures")
    try cohort.paint("out/p1.nii.gz")
    let again = try cohort.predict("-i", "c", "-o", "out", "--one-file-each")
    #expect(again.status == 0 && again.errors.contains("corrected by hand"), "\(again.errors)")
    let after = try masks(cohort, "out/p1.structures")
    #expect(Set(before.keys) == Set(after.keys) && before != after)
  }

  @Test func whatDoesNotGoTogetherIsSaid() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz"])
    let dicom = try cohort.predict("-i", "c/p1.nii.gz", "-o", "p1.dcm", "--one-file-each")
    #expect(dicom.status == 64 && dicom.errors.contains("--one-file-each"), "\(dicom.errors)")
    let ml = try cohort.predict("-i", "c/p1.nii.gz", "--ml")
    #expect(ml.status == 64 && ml.errors.contains("--one-file-each"), "\(ml.errors)")
  }
}
