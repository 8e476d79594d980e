import Foundation
import NNXSystem
import TestSupport
import Testing

/// A segmentation that a person corrected is the person's: kept, measured as it is, and done.
@Suite struct CorrectionTests {
  private func cohort() throws -> CohortFixture {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz"])
    try cohort.paint("c/p2.nii.gz", 7)
    return cohort
  }

  @Test func aCorrectedCaseIsKeptAndMeasured() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview").status == 0)
    let before = try cohort.text("out/p1.stats.json")
    let picture = try cohort.digest("out/p1.preview.png")
    try cohort.paint("out/p1.nii.gz")
    let own = try cohort.digest("out/p1.nii.gz")
    for run in 1...2 {
      let again = try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview")
      #expect(again.status == 0, "run \(run): \(again.errors)")
      #expect(again.errors.contains("corrected by hand, kept"), "\(again.errors)")
      #expect(again.errors.contains("2 done already"), "\(again.errors)")
      #expect(try cohort.digest("out/p1.nii.gz") == own)
    }
    // Numbers and picture are those of the corrected one.
    let numbers = try cohort.text("out/p1.stats.json")
    #expect(numbers != before)
    #expect(try cohort.digest("out/p1.preview.png") != picture)
    let csv = try cohort.nnx.run(
      ["stats", "out/p1.nii.gz", "c/p1.nii.gz", "--format", "csv"], folder: cohort.folder.path)
    let rows = csv.output.split(separator: "\n").dropFirst().map { "p1,\($0),corrected by hand" }
    let table = try cohort.text("out/nnx-stats.csv").split(separator: "\n").map(String.init)
    #expect(table.filter { $0.hasPrefix("p1,") } == rows)
    #expect(table.filter { $0.hasPrefix("p2,") }.allSatisfy { $0.hasSuffix(",") })

    let json = try cohort.data(cohort.predict("-i", "c", "-o", "out", "--json"))
    let cases = try #require(json["data"]?["cases"]?.array)
    #expect(cases.map { $0["corrected"]?.bool } == [true, false])
    let told = cases[0]["labels"]?.array?.compactMap { $0["voxels"]?.int }
    let measured = try OrderedJSON(parsing: Array(numbers.utf8), source: "")["labels"]?.array?
      .compactMap { $0["voxels"]?.int }
    #expect(told == measured)

    // Back as it was: so are its numbers.
    let record = try cohort.text("out/p1.nnx.json")
    #expect(record.contains("\"of\": \"\(own)\""))
  }

  /// Times tell nothing: files that were given each other's name keep theirs.
  @Test func theTableOfACohortTellsWhatIsNotTheRecords() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    func notes() throws -> [String] {
      let table = try cohort.nnx.run(["gather", "out", "--csv"], folder: cohort.folder.path)
      #expect(table.status == 0, "\(table.errors)")
      return table.output.split(separator: "\n").dropFirst().map { String($0) }
    }
    #expect(try notes().allSatisfy { $0.hasSuffix(",") })
    let place = cohort.folder.path + "/out/"
    for (from, to) in [("p1", "x"), ("p2", "p1"), ("x", "p2")] {
      try FileManager.default.moveItem(
        atPath: "\(place)\(from).nii.gz", toPath: "\(place)\(to).nii.gz")
    }
    let swapped = try notes()
    #expect(
      swapped.filter { $0.hasPrefix("p1,") }.allSatisfy { $0.contains("segmentation of p2.nii.gz") }
    )
    #expect(
      swapped.filter { $0.hasPrefix("p2,") }.allSatisfy { $0.contains("segmentation of p1.nii.gz") }
    )
  }

  @Test func whatIsNoSegmentationAnyMoreFailsAlone() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    try cohort.folder.write(
      "out/p1.nii.gz", cohort.folder.read(cohort.folder.path + "/out/p1.nii.gz").dropLast(40))
    let cut = try cohort.predict("-i", "c", "-o", "out")
    #expect(cut.status == 1)
    #expect(
      cut.errors.contains("out/p1.nii.gz was changed after nnx wrote it, and is no segmentation"),
      "\(cut.errors)")
    // Other settings: the correction is of another run's result.
    try cohort.paint("out/p2.nii.gz")
    let other = try cohort.predict("-i", "c", "-o", "out", "--step-size", "0.9")
    #expect(other.status == 1 && other.errors.contains("made with --step-size 0.5, now 0.9"))
  }

  /// What somebody wrote into a record is not lost with it, and is not taken for nnx's.
  @Test func anEditedRecordIsKept() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    let edited = try cohort.text("out/p1.nnx.json").replacing(
      "\"warnings\": []", with: "\"warnings\": [\"motion, see the report\"]")
    try cohort.folder.write("out/p1.nnx.json", Array(edited.utf8))
    let over = try cohort.predict("-i", "c", "-o", "out", "--overwrite")
    #expect(over.status == 1 && over.errors.contains("p1.nnx.json"), "\(over.errors)")
    let again = try cohort.predict("-i", "c", "-o", "out", "--stats")
    #expect(again.status == 0 && again.errors.contains("2 done already"), "\(again.errors)")
    #expect(try cohort.text("out/p1.nnx.json").contains("motion, see the report"))
    for (name, status) in [("p1", 1), ("p2", 0)] {
      let verify = try cohort.nnx.run(
        ["verify", "out/\(name).nnx.json", "--json"], folder: cohort.folder.path)
      #expect(verify.status == Int32(status))
      #expect(verify.output.contains("\"kind\": \"record\"") == (status == 1))
    }
  }

  /// Whoever deletes a segmentation wants it anew; what else the run left is no reason to refuse.
  @Test func aDeletedSegmentationIsMadeAnew() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview").status == 0)
    let before = try cohort.digest("out/p1.nii.gz")
    try cohort.remove("out/p1.nii.gz")
    let again = try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview")
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.errors.contains("1 done, 1 done already"), "\(again.errors)")
    #expect(try cohort.digest("out/p1.nii.gz") == before)

    // What somebody wrote into its numbers stays.
    try cohort.remove("out/p1.nii.gz")
    let mine = try cohort.text("out/p1.stats.json").replacing("voxels", with: "VOXELS")
    try cohort.folder.write("out/p1.stats.json", Array(mine.utf8))
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview").status == 1)
    #expect(try cohort.text("out/p1.stats.json") == mine)
  }

  @Test func filesUnderAnotherCasesNameAreNoticed() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats").status == 0)
    // Without their records: each is that of the other, and no correction.
    try cohort.swap("out/p1.nii.gz", "out/p2.nii.gz")
    let swapped = try cohort.predict("-i", "c", "-o", "out", "--stats")
    #expect(swapped.status == 1)
    #expect(swapped.errors.contains("out/p1.nii.gz is the segmentation of p2.nii.gz"))
    let page = try cohort.nnx.run(["report", "out", "-o", "page.html"], folder: cohort.folder.path)
    #expect(page.status != 0 && page.errors.contains("the segmentation of p"), "\(page.errors)")
    // With them.
    try cohort.swap("out/p1.nnx.json", "out/p2.nnx.json")
    func run(_ words: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(words, folder: cohort.folder.path)
    }
    for name in ["out/p1.nii.gz", "out/p1.nnx.json"] {
      let verified = try run("verify", name)
      #expect(verified.status == 1 && verified.output.contains("IS OF p2.nii.gz"), "\(verified)")
    }
    let again = try cohort.predict("-i", "c", "-o", "out", "--stats")
    #expect(again.status == 1, "\(again.errors)")
    let report = try run("report", "out", "-o", "page.html")
    #expect(report.status == 65 || report.status == 66, "\(report.errors)")
    #expect(report.errors.contains("is the record of p2.nii.gz"), "\(report.errors)")
  }

  @Test func probabilitiesOfAnotherCaseAreNoticed() throws {
    let cohort = try cohort()
    for output in ["a", "b"] {
      let made = try cohort.predict("-i", "c", "-o", output, "--save-probabilities")
      #expect(made.status == 0, "\(made.errors)")
    }
    try cohort.swap("a/p1.probabilities.npz", "a/p2.probabilities.npz")
    func ensemble(_ flags: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(
        ["ensemble", "-i", "a", "b", "-o", "mean"] + flags, folder: cohort.folder.path)
    }
    let swapped = try ensemble()
    #expect(swapped.status == 1, "\(swapped.errors)")
    #expect(swapped.errors.contains("a/p1.probabilities.npz is that of p2"), "\(swapped.errors)")
    #expect(Folder.kind(cohort.folder.path + "/mean") == nil)
    let verified = try cohort.nnx.run(["verify", "a/p1.nii.gz"], folder: cohort.folder.path)
    #expect(verified.status == 1 && verified.output.contains("probabilities"))
    try cohort.swap("a/p1.probabilities.npz", "a/p2.probabilities.npz")
    #expect(try ensemble().status == 0)
    // As if it had been killed before the second.
    try cohort.remove("mean/p2.nii.gz", "mean/p2.nnx.json")
    let record = try cohort.digest("mean/p1.nnx.json")
    let again = try ensemble()
    #expect(again.status == 0 && again.errors.contains("done already, and the same: p1"))
    #expect(try cohort.digest("mean/p1.nnx.json") == record)
  }

  @Test func aRecordThatCannotBeReadIsNamed() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    try cohort.folder.truncate("out/p1.nnx.json", to: 100)
    let report = try cohort.nnx.run(
      ["report", "out", "-o", "page.html"], folder: cohort.folder.path)
    #expect(report.status == 0)
    #expect(
      report.errors.contains("not shown: p1: out/p1.nnx.json is not valid JSON"),
      "\(report.errors)")
    let verified = try cohort.nnx.run(["verify", "out/p1.nii.gz"], folder: cohort.folder.path)
    #expect(verified.status == 65 && verified.errors.contains("The record is damaged"))
  }

  /// A scan whose name is that of another one's map of disagreement.
  @Test func aNameThatIsTakenFailsAlone() throws {
    let cohort = try CohortFixture(
      "v2/plain_ct_folds", scans: ["c/p.nii.gz", "c/p.uncertainty.nii.gz"])
    let outcome = try cohort.predict("-i", "c", "-o", "out", "--uncertainty")
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("would be a result of p, too"), "\(outcome.errors)")
    #expect(try cohort.files("out").contains("p.nii.gz"))
  }
}
