import Foundation
import NNXSystem
import TestSupport
import Testing

/// What somebody types who never saw nnx: the binary alone, an empty home, habits of other tools.
@Suite struct FirstDayTests {
  /// A copy of the binary in a folder of its own, far from the repository.
  private struct Copy {
    let folder: TemporaryFolder
    private let nnx = Binary()

    init() throws {
      folder = try TemporaryFolder()
      try FileManager.default.createDirectory(
        atPath: folder.path + "/bin", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(
        atPath: folder.path + "/here", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: Binary.path, toPath: folder.path + "/bin/nnx")
    }

    /// Runs the copy in the folder `here`; nothing is known of the repository.
    func run(_ words: String..., input: String = "") throws -> Binary.Outcome {
      let line = words.map { "'\($0)'" }.joined(separator: " ")
      return try nnx.run(
        ["-c", "\(input.isEmpty ? "" : "printf '\(input)' | ")\(folder.path)/bin/nnx \(line)"],
        environment: ["HOME": folder.path, "NNX_HOME": folder.path + "/store"],
        folder: folder.path + "/here", program: "/bin/sh")
    }
  }

  @Test func theBinaryAloneGoesToASegmentation() throws {
    let nnx = try Copy()
    let installed = try nnx.run("install", "demo-ct", "--offline")
    #expect(installed.status == 0, "\(installed.errors)")
    let phantom = nnx.folder.path + "/store/samples/phantom_0000.nii.gz"
    #expect(installed.errors.contains("Try it: nnx predict demo-ct \(phantom)\n"))
    #expect(
      try Digest.ofFile(phantom, .sha256)
        == Digest.ofFile(Fixtures.repository + "/Models/phantom_0000.nii.gz", .sha256))
    let predicted = try nnx.run("predict", "demo-ct", phantom, "--no-tta")
    #expect(predicted.status == 0, "\(predicted.errors)")
    #expect(predicted.output.hasSuffix("\nphantom_seg.nii.gz\n"))
    #expect(try nnx.run("verify", "demo-ct", "--deep").status == 0)
    #expect(try nnx.run("uninstall", "demo-ct").status == 0)
    #expect(!FileManager.default.fileExists(atPath: phantom))
  }

  @Test func predictInstallsWhatItNeedsAfterAYes() throws {
    let nnx = try Copy()
    let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"
    let refused = try nnx.run("predict", "demo-ct", phantom)
    #expect(refused.status == 66)
    #expect(refused.errors.contains("error[not-installed]: the model 'demo-ct' is not installed"))
    #expect(refused.errors.contains("-y"))
    let no = try nnx.run("predict", "demo-ct", phantom, input: "n\\n")
    #expect(no.status == 66)
    let dry = try nnx.run("predict", "demo-ct", phantom, "--dry-run", "-y")
    #expect(dry.status == 66)
    let done = try nnx.run("run", "-y", "demo-ct", phantom, "--no-tta", "-q")
    #expect(done.status == 0, "\(done.errors)")
    #expect(done.output == "phantom_seg.nii.gz\n")
  }

  @Test(arguments: [
    (["predict"], "no model is named", "Did you mean: nnx predict NAME IMAGE"),
    (["run", "demo-ct"], "no image is given for demo-ct", "nnx predict demo-ct scan.nii.gz"),
    (["predict", "a.nii.gz"], "no model is named before a.nii.gz", "nnx predict NAME a.nii.gz"),
    (
      ["predict", "a.nii.gz", "demo-ct"], "no model is named before a.nii.gz",
      "nnx predict demo-ct a.nii.gz"
    ),
    (
      ["predict", "demo-ct", "b.nii.gz", "-i", "a.nii.gz"], "'b.nii.gz' stands beside",
      "nnx predict demo-ct a.nii.gz b.nii.gz"
    ),
  ])
  func wordsThatAreNoPredictionGetTheCommandThatIs(
    words: [String], problem: String, command: String
  ) throws {
    let outcome = try Binary().run(words)
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasPrefix("error[usage]: \(problem)"), "\(outcome.errors)")
    #expect(outcome.errors.contains(command), "\(outcome.errors)")
  }

  @Test func aResultTypedAsTheLastImageIsToldSo() throws {
    let nnx = Binary()
    let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"
    let outcome = try nnx.run("predict", "demo-ct", phantom, "none.nii.gz")
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("nnx predict demo-ct \(phantom) -o none.nii.gz"))
  }

  @Test(arguments: [
    (["--disable_tta"], "nnU-Net's --disable_tta is --no-tta here"),
    (["-f", "0"], "nnU-Net's -f is --folds here, as in --folds 0"),
    (["-d", "801"], "nnU-Net's -d is a model's name here"),
    (["-tr", "x"], "nnU-Net's -tr is --trainer here"),
    (["-chk", "best"], "nnU-Net's -chk is --checkpoint here"),
    (["-step_size", "1"], "nnU-Net's -step_size is --step-size here"),
    (["-device", "cpu"], "nnU-Net's -device is not needed: nnx runs on the CPU"),
    (["--device=gpu"], "nnU-Net's --device is not needed: nnx runs on the CPU"),
    (["--continue_prediction"], "nnU-Net's --continue_prediction is not needed"),
    (["-ff"], "TotalSegmentator's -ff is --fastest here"),
    (["-rs", "liver"], "TotalSegmentator's -rs is --roi-subset here"),
    (["-s"], "TotalSegmentator's -s is --statistics here"),
    (["-ml"], "TotalSegmentator's -ml is not needed"),
  ])
  func flagsOfOtherToolsAreAnsweredWithOurs(flags: [String], answer: String) throws {
    let outcome = try Binary().run(["predict", "-m", "demo-ct", "-i", "x"] + flags)
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasPrefix("error[usage]: \(answer)"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("Did you mean '--"))
  }

  /// All flags of TotalSegmentator 2.18.0's command: those that nnx has under the same name, and those that it answers.
  @Test(arguments: [
    "-ot", "--output_type", "-ml", "--ml", "-nr", "--nr_thr_resamp", "-ro", "--resampling_order",
    "-ns",
    "--nr_thr_saving", "-f", "-ff", "-sl", "--save_lowres", "-t", "--nora_tag", "-p", "-ta",
    "--task", "-ms",
    "--model_size", "-rs", "-rsr", "--roi_subset_robust", "-rc", "--robust_crop",
    "--higher_order_resampling_LEGACY",
    "--high_order_resampling_LEGACY", "-ho", "--higher_order_resampling", "--high_order_resampling",
    "-s", "-r",
    "--radiomics", "-rp", "--report", "-sii", "--stats_include_incomplete", "-sa",
    "--stats_aggregation", "-sx",
    "--statistics_extra", "-cp", "--crop_path", "-bs", "--body_seg", "-fs", "--force_split", "-ss",
    "--skip_saving",
    "-ndm", "--no_derived_masks", "-v1o", "-rmb", "-d", "--device", "-sp", "--save_probabilities",
    "--debug", "-l",
    "--license_number", "-lt", "--list-tasks", "-lc", "--list-classes",
  ])
  func everyFlagOfTotalSegmentatorIsAnswered(flag: String) throws {
    let outcome = try Binary().run("predict", "totalsegmentator", "x.nii.gz", flag)
    #expect(outcome.status == 64)
    let isAnswered = ["nnU-Net's", "TotalSegmentator's"].contains {
      outcome.errors.hasPrefix("error[usage]: \($0) \(flag) is ")
        || outcome.errors.hasPrefix("error[usage]: \($0) \(flag) has ")
    }
    #expect(isAnswered, "\(outcome.errors)")
  }

  @Test func onlySlipsOfTheHandAreTakenForFlags() throws {
    let outcome = try Binary().run("preview", "a", "b", "-o", "c.png", "--fask")
    #expect(outcome.errors.hasPrefix("error[usage]: unknown option '--fask'\n"))
  }

  @Test(arguments: ["-v", "-V", "version"])
  func theVersionIsAskedForInManyWays(word: String) throws {
    let outcome = try Binary().run(word)
    #expect(outcome.status == 0 && outcome.output.hasPrefix("nnx \(Version.current)"))
  }

  @Test func anAnswerInAPipeCounts() throws {
    let nnx = try Copy()
    let outcome = try nnx.run("install", "lung2-ct", input: "n\\n")
    #expect(outcome.status == 77)
    #expect(outcome.errors.contains("its licence was not accepted"))
    // What waits belongs to the loop around nnx.
    let loop = try Binary().run(
      [
        "-c",
        "printf 'one\\ntwo\\n' | while read name; do \(nnx.folder.path)/bin/nnx predict demo-ct /dev/null; echo $name; done",
      ], environment: ["HOME": nnx.folder.path], program: "/bin/sh")
    #expect(loop.output == "one\ntwo\n")
  }

  @Test func aNameOfTheRegistryIsNotTakenSilently() throws {
    let nnx = Binary()
    let archive = Fixtures.folder + "/reference/v2/plain_ct/model.zip"
    let refused = try nnx.run("install", archive, "--name", "lung2-ct")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("lung2-ct is the name of a model of the registry"))
    #expect(try nnx.run("list", "-q").output.isEmpty)
    #expect(try nnx.run("install", archive, "--name", "lung2-ct", "-y").status == 0)
  }

  @Test func aNameThatMeansAnotherModelSaysSo() throws {
    let nnx = Binary()
    let reference = Fixtures.folder + "/reference/v2"
    try #require(
      try nnx.run("install", reference + "/plain_ct/model.zip", "--name", "mine").status == 0)
    let former = try nnx.run("list", "--json")
    let version = try #require(
      try OrderedJSON(parsing: Array(former.output.utf8), source: "list")["data"]?["models"]?
        .array?.first?["version"]?.string)
    let other = try nnx.run("install", reference + "/batch_norm/model.zip", "--name", "mine")
    #expect(other.status == 0, "\(other.errors)")
    #expect(other.errors.contains("note: mine now means "))
    #expect(other.errors.contains("the former is mine@\(version)"))
  }

  /// The folder of samples is where nnx sends people: what they put there is theirs.
  @Test func uninstallingLeavesWhatLiesBesideTheSample() throws {
    let copy = try Copy()
    let samples = copy.folder.path + "/store/samples"
    #expect(try copy.run("install", "demo-ct", "-q").status == 0)
    try #require(FileManager.default.fileExists(atPath: samples + "/phantom_0000.nii.gz"))
    try copy.folder.write("store/samples/patient.nii.gz", [1, 2, 3])
    #expect(try copy.run("uninstall", "demo-ct").status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: samples) == ["patient.nii.gz"])
    #expect(try copy.run("install", "demo-ct", "-q").status == 0)
    try copy.folder.write("store/samples/phantom_0000.nii.gz", [4, 5, 6])
    #expect(try copy.run("uninstall", "demo-ct").status == 0)
    #expect(bytes(of: samples + "/phantom_0000.nii.gz") == [4, 5, 6])
  }
}
