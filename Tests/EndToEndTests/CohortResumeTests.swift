import Foundation
import NNXSystem
import TestSupport
import Testing

/// The same command again goes on where it was: what is done, whole and the same, is done.
@Suite struct CohortResumeTests {
  private func cohort() throws -> CohortFixture {
    try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz", "c/p3.nii.gz"])
  }

  @Test func whatIsDoneIsSkipped() throws {
    let cohort = try cohort()
    let first = try cohort.predict("-i", "c", "-o", "out")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output == "out/p1.nii.gz\nout/p2.nii.gz\nout/p3.nii.gz\n")
    #expect(first.errors.contains("3 done in out/"), "\(first.errors)")

    // As if it had been killed before the third.
    try cohort.remove("out/p3.nii.gz", "out/p3.nnx.json")
    let record = try cohort.digest("out/p1.nnx.json")
    let second = try cohort.predict("-i", "c/", "-o", "out/")
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.output == first.output)
    #expect(second.errors.contains("1 done, 2 done already in out/"), "\(second.errors)")
    #expect(try cohort.digest("out/p1.nnx.json") == record)

    try cohort.remove("out/p3.nii.gz", "out/p3.nnx.json")
    let stopping = try cohort.predict("-i", "c", "-o", "out", "--fail-fast")
    #expect(stopping.status == 0, "\(stopping.errors)")
    #expect(try cohort.files("out").count == 6)

    // Nothing to do: no network runs, not even to check the kernels.
    let checks = try cohort.nnx.home.get().path + "/cache/kernel-checks"
    try FileManager.default.removeItem(atPath: checks)
    let third = try cohort.predict("-i", "c", "-o", "out", "--json")
    #expect(third.status == 0, "\(third.output)")
    #expect(!FileManager.default.fileExists(atPath: checks))
    let answer = try cohort.data(third)
    #expect(answer["ok"]?.bool == true)
    #expect(answer["data"]?["counts"]?["done"]?.int == 3)
    #expect(answer["data"]?["counts"]?["skipped"]?.int == 3)
    for item in answer["data"]?["cases"]?.array ?? [] {
      #expect(item["status"]?.string == "done" && item["skipped"]?.bool == true)
      #expect(item["labels"]?.array?.count == 2)
    }

    let anew = try cohort.predict("-i", "c", "-o", "out", "--overwrite")
    #expect(anew.status == 0 && anew.errors.contains("3 done in out/"), "\(anew.errors)")
    #expect(try cohort.digest("out/p1.nnx.json") != record)
  }

  @Test func oneFileIsDoneAlready() throws {
    let cohort = try CohortFixture(scans: ["a.nii.gz", "elsewhere/b.nii.gz"])
    #expect(try cohort.predict("-i", "a.nii.gz", "-o", "seg.nii.gz").status == 0)
    let again = try cohort.predict("-i", "a.nii.gz", "-o", "seg.nii.gz")
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output == "seg.nii.gz\n")
    #expect(again.errors.contains("seg.nii.gz is done already"))
    // The same bytes under another path are the same image.
    #expect(try cohort.predict("-i", "elsewhere/b.nii.gz", "-o", "seg.nii.gz").status == 0)

    let other = try cohort.predict(
      "-i", "a.nii.gz", "-o", "seg.nii.gz", "--step-size", "0.9")
    #expect(other.status == 73)
    #expect(
      other.errors.contains(
        "error[output-exists]: seg.nii.gz exists: made with --step-size 0.5, now 0.9"))
    #expect(other.errors.contains("--overwrite"))
    try cohort.folder.write("a.nii.gz", NIfTIBytes.float32(shape: [20, 20, 20]) { Float($0 % 90) })
    let changed = try cohort.predict("-i", "a.nii.gz", "-o", "seg.nii.gz")
    #expect(changed.status == 73)
    #expect(changed.errors.contains("made of a.nii.gz, now") == false)
    #expect(changed.errors.contains("the image a.nii.gz has changed since"), "\(changed.errors)")
  }

  /// Whatever may change a voxel.
  @Test func whatDiffersIsSaid() throws {
    let cohort = try CohortFixture("v2/plain_ct_folds", scans: ["c/p1.nii.gz"])
    func run(_ more: String...) throws -> Binary.Outcome {
      try cohort.nnx.run(
        ["predict", "-m", "m", "-i", "c", "-o", "out"] + more, folder: cohort.folder.path)
    }
    let info = try cohort.nnx.run("info", "m").output
    #expect(try run().status == 0, "\(info)")
    let record = try OrderedJSON(contentsOf: cohort.folder.path + "/out/p1.nnx.json")
    let names = record["settings"]?["folds"]?.array?.compactMap(\.string)
    let folds = try #require(names)
    let all = "made with folds \(folds.joined(separator: " ")), now fold \(folds[0])"
    for (flags, words) in [
      (["--folds", folds[0]], all), (["--no-tta"], "made with mirroring, now without mirroring"),
      (["--save-probabilities"], "made without out/p1.probabilities.npz"),
      (["--uncertainty"], "made without out/p1.uncertainty.nii.gz"),
    ] {
      let outcome = try cohort.nnx.run(
        ["predict", "-m", "m", "-i", "c", "-o", "out"] + flags, folder: cohort.folder.path)
      #expect(outcome.status == 73, "\(flags)")
      #expect(outcome.errors.contains(words), "\(flags): \(outcome.errors)")
    }
    #expect(try run("--threads", "1").errors.contains("is done already"))
    #expect(try run("--allow", "units").errors.contains("is done already"))

    // Another model under the same name.
    let other = "\(Fixtures.folder)/reference/v2/plain_ct/model.zip"
    #expect(try cohort.nnx.run("uninstall", "m").status == 0)
    #expect(try cohort.nnx.run("install", other, "--name", "m", "-q").status == 0)
    let model = try run()
    #expect(model.status == 73)
    #expect(model.errors.contains(/made with m \w+, now m \w+/), "\(model.errors)")
  }

  @Test func whatNeedsNoNetworkIsMadeAfterwards() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    let before = try cohort.digest("out/p1.nii.gz")
    let more = try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview")
    #expect(more.status == 0, "\(more.errors)")
    #expect(more.errors.contains("3 done already"))
    #expect(try cohort.digest("out/p1.nii.gz") == before)
    let own = try cohort.files("out").filter { $0.hasPrefix("p1.") }
    #expect(
      own == ["p1.nii.gz", "p1.nnx.json", "p1.preview.png", "p1.stats.json"])
    let again = try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview", "--json")
    #expect(again.status == 0, "\(again.errors)")
    let answer = try OrderedJSON(parsing: Array(again.output.utf8), source: "predict")
    let files = answer["data"]?["cases"]?.array?.first?["files"]?.members
    #expect(files?.map(\.key) == ["stats", "preview"])
    #expect(files?.map(\.value.string) == ["out/p1.stats.json", "out/p1.preview.png"])
    let verified = try cohort.nnx.run(["verify", "out/p1.nii.gz"], folder: cohort.folder.path)
    #expect(verified.status == 0, "\(verified.output)")

    // A picture that somebody painted in is no result of nnx any more.
    try cohort.folder.write("out/p1.preview.png", [1, 2, 3])
    let changed = try cohort.predict("-i", "c", "-o", "out", "--stats", "--preview")
    #expect(changed.status == 1)
    #expect(
      changed.errors.contains("p1: out/p1.preview.png was changed after nnx wrote it"),
      "\(changed.errors)")
  }

  /// All cases of a folder in one table, whenever they were made.
  @Test func oneTableHoldsAllCases() throws {
    let cohort = try cohort()
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats").status == 0)
    func table() throws -> [String] {
      String(
        decoding: try cohort.folder.read(cohort.folder.path + "/out/nnx-stats.csv"), as: UTF8.self
      )
      .split(separator: "\n").map(String.init)
    }
    let lines = try table()
    #expect(lines[0].hasPrefix("case,segmentation,value,name,voxels,ml,mean,sd,"))
    #expect(lines.count == 1 + 3 * 2)
    let csv = try cohort.nnx.run(
      ["stats", "out/p2.nii.gz", "c/p2.nii.gz", "--format", "csv"], folder: cohort.folder.path)
    let rows = csv.output.split(separator: "\n").dropFirst().map { "p2,\($0)," }
    #expect(lines.filter { $0.hasPrefix("p2,") } == rows)

    try cohort.folder.write("c/p4.nii.gz", cohort.scan)
    try cohort.remove("c/p1.nii.gz")
    #expect(try cohort.predict("-i", "c", "-o", "out", "--stats").status == 0)
    let whole = try table()
    #expect(whole.count == 1 + 4 * 2)
    #expect(Array(whole.prefix(7)) == lines)

    try cohort.folder.write("out/nnx-stats.csv", Array("mine\n".utf8))
    let refused = try cohort.predict("-i", "c", "-o", "out", "--stats", "--overwrite")
    #expect(refused.status == 73 && refused.errors.contains("out/nnx-stats.csv was changed"))
    #expect(try table() == ["mine"])
  }

  /// Sends a signal as soon as a file is there.
  private static let interrupt = """
    import os, signal, subprocess, sys, time
    number, path, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    child = subprocess.Popen(command)
    while not os.path.exists(path) and child.poll() is None:
        time.sleep(0.005)
    child.send_signal(number)
    sys.exit(child.wait() % 256)
    """

  @Test(arguments: [2, 9])
  func aFolderGoesOnAfterASignal(_ number: Int32) throws {
    let names = (1...5).map { "p\($0)" }
    let cohort = try CohortFixture(scans: names.map { "c/\($0).nii.gz" })
    let cut = try cohort.predict(
      "-i", "c", "-o", "out", "--stats",
      under: [
        "/usr/bin/python3", "-c", Self.interrupt, "\(number)",
        cohort.folder.path + "/out/p2.nnx.json",
      ])
    #expect(cut.status == (number == 2 ? 130 : 256 - 9), "\(cut.errors)")
    let whole = try cohort.files("out").filter { $0.hasSuffix(".nnx.json") }.count
    try #require(whole >= 2 && whole < 5, "the signal came too late")
    if number == 2 {
      #expect(try cohort.files("out").allSatisfy { !$0.hasSuffix(".tmp") })
      let words = cut.errors.split(separator: "\n").last ?? ""
      let said = words.firstMatch(of: /^Interrupted: (\d) of 5 done\. The same command goes on/)
      #expect(said.flatMap { Int($0.1) }.map { abs($0 - whole) <= 1 } == true, "\(cut.errors)")
    }
    let record = try cohort.digest("out/p1.nnx.json")
    let rest = try cohort.predict("-i", "c", "-o", "out", "--stats")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(rest.errors.contains(", \(whole) done already in out/"), "\(rest.errors)")
    #expect(try cohort.digest("out/p1.nnx.json") == record)
    let expected = names.flatMap { ["\($0).nii.gz", "\($0).nnx.json", "\($0).stats.json"] }
    #expect(
      try cohort.files("out") == (expected + ["nnx-stats.csv", "nnx-stats.nnx.json"]).sorted())
  }
}
