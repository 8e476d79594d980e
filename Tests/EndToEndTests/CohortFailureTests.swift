import Foundation
import NNXSystem
import TestSupport
import Testing

/// One case that is wanting fails alone, and no two patients share a result.
@Suite struct CohortFailureTests {
  @Test func numbersOfPatientsStay() throws {
    let cohort = try CohortFixture(scans: [
      "a/amos_0001.nii.gz", "a/amos_0004.nii.gz", "b/patient_0017.nii.gz",
    ])
    let first = try cohort.predict("-i", "a", "-o", "out")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output == "out/amos_0001.nii.gz\nout/amos_0004.nii.gz\n")
    let alone = try cohort.predict("-i", "b", "-o", "out")
    #expect(alone.status == 0 && alone.output.hasSuffix("out/patient_0017.nii.gz\n"))
    for name in ["amos_0001", "amos_0004"] {
      let one = try cohort.predict("-i", "a/\(name).nii.gz", "-o", "res/")
      #expect(one.status == 0 && one.output.hasSuffix("res/\(name).nii.gz\n"), "\(one.errors)")
    }
    #expect(try cohort.files("res").count == 4)
  }

  /// Their folders tell them apart.
  @Test func twoPatientsOfOneNameShareNoResult() throws {
    let cohort = try CohortFixture(scans: ["c/a.nii.gz", "c/b.nii.gz", "d/b.nii.gz"])
    let outcome = try cohort.predict("-i", "c", "d", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "out/c/a.nii.gz\nout/c/b.nii.gz\nout/d/b.nii.gz\n")
    #expect(try cohort.files("out/d") == ["b.nii.gz", "b.nnx.json"])
  }

  /// What failed without claims is known with its reason, until it is done.
  @Test func gatherKnowsWhatFailed() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz"])
    try cohort.folder.write("c/p2.nii.gz", Array("no image".utf8))
    func states() throws -> [(String, String)] {
      let outcome = try cohort.nnx.run(["gather", "out", "--json"], folder: cohort.folder.path)
      let cases = try cohort.data(outcome)["data"]?["cases"]?.array ?? []
      return cases.map { ($0["status"]?.string ?? "", $0["error"]?["code"]?.string ?? "") }
    }
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 1)
    let failed = try states()
    #expect(failed.map(\.0) == ["done", "failed"] && failed.map(\.1) == ["", "broken-image"])
    try cohort.folder.write("c/p2.nii.gz", cohort.scan)
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    #expect(try states().map(\.0) == ["done", "done"])
  }

  /// A broken image, a text, a case without its second channel, and a stray segmentation.
  @Test func whatIsWantingFailsAlone() throws {
    let model = "v2/anisotropic_transpose"
    let cohort = try CohortFixture(
      model,
      scans: [
        "c/good_0000.nii.gz", "c/lone_0000.nii.gz", "c/text_0000.nii.gz", "c/cut_0000.nii.gz",
      ])
    let place = "\(Fixtures.folder)/reference/\(model)/image_0001.nii.gz"
    let second = try cohort.folder.read(place)
    for name in ["good", "text"] { try cohort.folder.write("c/\(name)_0001.nii.gz", second) }
    try cohort.folder.write("c/text_0000.nii.gz", Array("no image at all".utf8))
    try cohort.folder.write("c/cut_0001.nii.gz", Array(second.prefix(second.count / 2)))
    try cohort.folder.write("c/segmentation.nii.gz", cohort.scan)
    let outcome = try cohort.predict("-i", "c", "-o", "out", "--json")
    #expect(outcome.status == 1)
    let answer = try cohort.data(outcome)
    #expect(answer["ok"]?.bool == false)
    #expect(answer["error"]?["code"]?.string == "cases-failed")
    let cases = answer["data"]?["cases"]?.array ?? []
    #expect(
      cases.compactMap { $0["case"]?.string } == ["cut", "good", "lone", "segmentation", "text"])
    #expect(
      cases.map { $0["error"]?["code"]?.string ?? "" }
        == ["broken-image", "", "channels", "channels", "broken-image"])
    #expect(
      cases[2]["error"]?["message"]?.string
        == "m needs 2 images per case, and lone lacks _0001 (ADC)")
    #expect(try cohort.files("out") == ["good.nii.gz", "good.nnx.json"])

    // What is done is done; the reasons stand in the summary.
    let again = try cohort.predict("-i", "c", "-o", "out")
    #expect(again.status == 1)
    #expect(again.errors.contains("1 done already, 4 failed in out/"), "\(again.errors)")
    #expect(again.errors.contains("error[cases-failed]: 4 of 5 cases failed"))
    #expect(again.errors.contains("  lone: m needs 2 images per case"))
    #expect(again.errors.contains("what is done is kept"))
    // What to do about each kind.
    #expect(again.errors.contains("  lone: Add lone_0001 to the folder"), "\(again.errors)")
    // The first that fails stops it, and what is not tried is counted.
    let stopped = try cohort.predict("-i", "c", "-o", "new", "--fail-fast")
    #expect(stopped.status == 65)
    #expect(stopped.errors.contains("0 done, 1 failed, 4 not tried"), "\(stopped.errors)")
  }

  /// No network runs for a result that nobody can keep.
  @Test func aFullDiskStopsTheRun() throws {
    let cohort = try CohortFixture(scans: (1...5).map { "c/p\($0).nii.gz" })
    // No file may be larger than 4 blocks of the shell.
    let limit = ["/bin/sh", "-c", "ulimit -f 4; exec \"$0\" \"$@\""]
    let full = try cohort.predict("-i", "c", "-o", "out", under: limit)
    #expect(full.status == 74, "\(full.errors)")
    #expect(full.errors.contains("error[no-space]: cannot write"), "\(full.errors)")
    #expect(full.errors.contains("the same command goes on"), "\(full.errors)")
    #expect(full.errors.contains(" not tried"), "\(full.errors)")
    #expect(try cohort.files("out") == [])
    let whole = try cohort.predict("-i", "c", "-o", "out")
    #expect(whole.status == 0 && whole.output.count(of: "\n") == 5, "\(whole.errors)")
  }

  @Test func whenAllFailNothingIsCalledDone() throws {
    let cohort = try CohortFixture(scans: [])
    for name in ["x", "y"] { try cohort.folder.write("c/\(name).nii.gz", Array("text".utf8)) }
    let outcome = try cohort.predict("-i", "c", "-o", "out")
    #expect(outcome.status == 1 && outcome.output == "")
    #expect(outcome.errors.contains("error[cases-failed]: 2 of 2 cases failed"))
    #expect(!outcome.errors.contains("is kept") && !outcome.errors.contains("others are done"))
    let planned = try cohort.predict("-i", "c", "-o", "out", "--dry-run")
    #expect(planned.status == 1)
  }

  @Test func foldersOfPatientsAreCases() throws {
    let cohort = try CohortFixture(scans: ["n/s0011/ct.nii.gz", "n/s0012/ct.nii.gz"])
    let outcome = try cohort.predict("-i", "n", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "out/s0011/ct.nii.gz\nout/s0012/ct.nii.gz\n")
  }

  /// A network that finds nothing: the background's bias is high.
  private func blindModel() throws -> ZipBuilder {
    var parts = try PublishedParts(of: "v2/plain_ct")
    let index = try #require(parts.files.firstIndex { $0.path.hasSuffix(".pth") })
    let folder = try TemporaryFolder()
    let archive = try folder.write("model.pth", parts.files[index].content)
    let unpacked = try Fixtures.unzip(archive)
    let members = try unpacked.contents().filter { !unpacked.isFolder($0) }.map { name in
      var content = try unpacked.read("\(unpacked.path)/\(name)")
      // Three classes: the biases of the last layers alone have three values.
      if name.contains("/data/"), content.count == 12 {
        let bits = Float(1000).bitPattern
        content.replaceSubrange(0..<4, with: (0..<4).map { UInt8(bits >> (8 * $0) & 255) })
      }
      return ZipBuilder.Entry(name, content)
    }
    parts.files[index].content = ZipBuilder(members).build()
    return ZipBuilder(parts.entries)
  }

  @Test func nothingFoundIsAResult() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz"])
    let archive = try cohort.folder.write("nothing.zip", try blindModel().build())
    let installed = try cohort.nnx.run("install", archive, "--name", "blind", "-q")
    try #require(installed.status == 0, "\(installed.errors)")
    func run(_ arguments: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(arguments, folder: cohort.folder.path)
    }
    let flags = ["-m", "blind", "--no-tta", "--preview", "--stats"]
    let one = try cohort.nnx.run(
      ["predict", "-i", "c/p1.nii.gz", "-o", "e.nii.gz"] + flags, folder: cohort.folder.path)
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.contains("not found: liver, lesion"), "\(one.output)")
    let picture = try cohort.folder.read(cohort.folder.path + "/e.preview.png")
    #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let all = try cohort.nnx.run(
      ["predict", "-i", "c", "-o", "out", "--fail-fast"] + flags, folder: cohort.folder.path)
    #expect(all.status == 0, "\(all.errors)")
    for layout in ["planes", "mosaic", "projection", "surface"] {
      let drawn = try run(
        "preview", "c/p1.nii.gz", "e.nii.gz", "-o", "\(layout).png", "--layout", layout)
      #expect(drawn.status == 0, "\(layout): \(drawn.errors)")
    }
    #expect(
      try run("preview", "c/p1.nii.gz", "e.nii.gz", "-o", "x.png", "--label", "1").status == 1)
  }
}
