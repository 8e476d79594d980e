import Foundation
import NNXSystem
import TestSupport
import Testing

/// Bad input gives one clear error, its exit status, and nothing half-written.
@Suite struct BadInputTests {
  private let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Runs `predict` on an image that cannot work and looks at what is left.
  private func expectRefusal(
    of image: [UInt8], named name: String, status: Int32, code: String
  ) throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let folder = try TemporaryFolder()
    let path = try folder.write(name, image)
    let outcome = try nnx.run(
      "predict", "-m", "demo-ct", "-i", path, "-o", folder.path + "/seg.nii.gz", "--no-tta")
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains("error[\(code)]"), "\(outcome.errors)")
    #expect(try folder.contents() == [name])
    #expect(outcome.output.isEmpty)
  }

  @Test func aTruncatedGzipIsRefused() throws {
    let image = try bytes(phantom)
    try expectRefusal(
      of: Array(image.prefix(image.count * 6 / 10)), named: "ct.nii.gz", status: 65,
      code: "broken-image")
  }

  @Test func aBrokenImageStopsNoOther() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let folder = try TemporaryFolder()
    try folder.write("in/whole_0000.nii.gz", try bytes(phantom))
    // Before the whole one in the order of names.
    try folder.write("in/broken_0000.nii.gz", Array(try bytes(phantom).prefix(100)))
    let outcome = try nnx.run(
      "predict", "-m", "demo-ct", "-i", folder.path + "/in", "-o", folder.path + "/out", "--no-tta")
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("error[broken-image]"), "\(outcome.errors)")
    #expect(outcome.errors.contains("error[cases-failed]: 1 of 2 cases failed"))
    let written = try folder.contents().filter {
      $0.hasPrefix("out/") && !$0.hasPrefix("out/.nnx") && !folder.isFolder($0)
    }
    #expect(written.sorted() == ["out/whole.nii.gz", "out/whole.nnx.json"])
  }

  @Test func aTextFileIsNoImage() throws {
    try expectRefusal(
      of: Array("not an image".utf8), named: "ct.nii", status: 65, code: "broken-image")
  }

  @Test func voxelsThatAreNoNumbersAreRefused() throws {
    let image = NIfTIBytes.float32(shape: [12, 12, 12]) { $0 == 700 ? .nan : Float($0) }
    try expectRefusal(of: image, named: "ct.nii", status: 65, code: "not-finite")
  }

  @Test(arguments: [
    (["predict", "-m", "nothing", "-i", "x.nii.gz", "-o", "y.nii.gz"], Int32(66), "not-installed"),
    (["install", "lung-ct2"], 66, "unknown-model"),
    (["install", "/nowhere.zip"], 66, "file-not-found"),
    (["info", "livr-ct"], 66, "unknown-model"), (["uninstall", "nothing"], 66, "not-installed"),
  ])
  func whatIsNotThereIsNamed(arguments: [String], status: Int32, code: String) throws {
    let outcome = try Binary().run(arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains("error[\(code)]"), "\(outcome.errors)")
  }

  @Test func unknownNamesGetTheNearest() throws {
    let outcome = try Binary().run("install", "lung-ct2")
    #expect(outcome.errors.contains("lung2-ct"))
    #expect(outcome.errors.contains("nnx search"))
  }

  @Test func wrongUsageIs64() throws {
    for arguments in [
      ["predict"], ["frobnicate"],
      ["predict", "-m", "a", "-i", "b", "-o", "c", "--step-size", "2"],
    ] {
      #expect(try Binary().run(arguments).status == 64)
    }
  }

  @Test func tooManyImagesAreCounted() throws {
    let nnx = Binary()
    let archive = Fixtures.folder + "/reference/v2/anisotropic_transpose"
    try #require(try nnx.run("install", archive + "/model.zip", "--name", "two", "-q").status == 0)
    let folder = try TemporaryFolder()
    let outcome = try nnx.run(
      "predict", "-m", "two", "-i", archive + "/image_0000.nii.gz", "-o", folder.path + "/s.nii.gz")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("error[channels]: two needs 2 images per case, 1 was given"))
    #expect(outcome.errors.contains("T2, ADC"))
  }

  @Test func oneImageForTwoChannelsIsRefused() throws {
    let nnx = Binary()
    let archive = Fixtures.folder + "/reference/v2/anisotropic_transpose"
    try #require(try nnx.run("install", archive + "/model.zip", "--name", "two", "-q").status == 0)
    let folder = try TemporaryFolder()
    let image = archive + "/image_0000.nii.gz"
    let copy = try folder.write("copy.nii.gz", try bytes(image))
    let outcome = try nnx.run(
      "predict", "-m", "two", "-i", image, "-i", copy, "-o", folder.path + "/s.nii.gz")
    #expect(outcome.status == 65)
    #expect(
      outcome.errors.contains("error[channels]: two channels of image_0000 hold the same image"))
    #expect(outcome.errors.contains(copy))
    #expect(try folder.contents() == ["copy.nii.gz"])
  }

  /// Archives that lie or break leave the store as it was.
  @Test func brokenAndHostileArchivesInstallNothing() throws {
    let archive = try bytes(Fixtures.folder + "/reference/v2/plain_ct/model.zip")
    var flipped = archive
    flipped[archive.count / 2] ^= 0x10
    let folder = try TemporaryFolder()
    let files = [
      try folder.write("cut.zip", Array(archive.prefix(archive.count - 5000))),
      try folder.write("flipped.zip", flipped),
      try folder.write("text.zip", Array("PK is what this is not".utf8)),
    ]
    for file in files {
      let nnx = Binary()
      let outcome = try nnx.run("install", file, "--name", "bad")
      #expect([65, 76].contains(outcome.status), "\(file): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("error[") || outcome.errors.contains("\nerror["))
      #expect(try nnx.run("list", "-q").output == "")
      let left = try nnx.home.get().contents().filter { $0.hasPrefix("models/") }
      #expect(left == [])
    }
  }

  /// A registry whose digests are not those of its file.
  @Test func anotherDigestThanPromisedInstallsNothing() throws {
    let folder = try TemporaryFolder()
    let registry = String(
      decoding: try bytes(Fixtures.repository + "/registry.json"), as: UTF8.self)
    let zip = Fixtures.repository + "/Models/demo-ct.zip"
    let digest = try Digest.ofFile(zip, .sha256)
    try #require(registry.contains(digest))
    let changed = registry.replacingOccurrences(of: digest, with: String(digest.reversed()))
    try folder.write("registry.json", Array(changed.utf8))
    try folder.write("Models/demo-ct.zip", try bytes(zip))
    let nnx = Binary()
    let outcome = try nnx.run("install", "demo-ct", "--registry", folder.path + "/registry.json")
    #expect(outcome.status == 76, "\(outcome.errors)")
    #expect(outcome.errors.contains("error[integrity]: demo-ct.zip"))
    #expect(try nnx.run("list", "-q").output == "")
  }

  /// A checkpoint whose pickle asks for `os.system`: named, refused, and never run.
  @Test func aHostilePickleIsRefusedByName() throws {
    let folder = try TemporaryFolder()
    let canary = folder.path + "/owned"
    let command = Array("touch \(canary)".utf8)
    let pickle: [UInt8] =
      [0x80, 2] + Array("cposix\nsystem\n".utf8) + [0x58, UInt8(command.count), 0, 0, 0] + command
      + [0x85, 0x52, 0x2E]
    let model = "Dataset999_Bad/nnUNetTrainer__nnUNetPlans__3d_fullres"
    let unpacked = try Fixtures.unzip("reference/v2/plain_ct/model.zip")
    let source = try #require(
      try unpacked.contents().first { $0.hasSuffix("plans.json") }?.dropLast("/plans.json".count))
    for file in ["plans.json", "dataset.json"] {
      try folder.write(
        "\(model)/\(file)", try bytes("\(unpacked.path)/\(source)/\(file)"))
    }
    let checkpoint = ZipBuilder([
      .init("checkpoint_final/data.pkl", pickle),
      .init("checkpoint_final/version", Array("3\n".utf8)),
    ])
    try folder.write("\(model)/fold_0/checkpoint_final.pth", checkpoint.build())
    let nnx = Binary()
    let outcome = try nnx.run("install", folder.path, "--name", "bad")
    #expect(outcome.status == 65, "\(outcome.errors)")
    #expect(outcome.errors.contains("posix.system"))
    #expect(!FileManager.default.fileExists(atPath: canary))
    #expect(try nnx.run("list", "-q").output == "")
  }

  @Test func jsonErrorsAreOneObject() throws {
    let outcome = try Binary().run("install", "lung-ct2", "--json")
    let answer = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "answer")
    #expect(answer["ok"]?.bool == false)
    #expect(answer["error"]?["code"]?.string == "unknown-model")
    #expect(answer["error"]?["exit"]?.int == 66)
    #expect(answer["error"]?["fix"]?.array?.isEmpty == false)
  }
}
