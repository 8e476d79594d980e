import Foundation
import NNXSystem
import TestSupport
import Testing

/// `inspect` and `convert`: files are described, hostile ones too, and none is run.
@Suite struct InspectTests {
  @Test(arguments: [
    ("v2/plain_ct", "checkpoint_final.pth", "PyTorch zip", ["nnUNetTrainer", "3d_fullres"]),
    ("v1/mr_legacy_aniso", "model_final_checkpoint.model", "PyTorch before 1.6", ["epoch"]),
    ("v1/ct_fullres", "model_final_checkpoint.model.pkl", "plain pickle", ["nnUNetTrainerV2"]),
    ("v1/ct_fullres", "plans.pkl", "plain pickle", ["plans_per_stage"]),
  ])
  func describesFiles(archive: String, ending: String, kind: String, facts: [String]) throws {
    let folder = try Fixtures.unzip("reference/\(archive)/model.zip")
    let file = try #require(try folder.contents().first { $0.hasSuffix("/\(ending)") })
    let shelf = try Shelf()
    let path = "\(folder.path)/\(file)"
    let shown = try shelf.run("inspect", path)
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains(kind))
    for fact in facts { #expect(shown.output.contains(fact), "\(fact)\n\(shown.output)") }
    Snapshot.expectFits(shown.output.replacingOccurrences(of: folder.path, with: ""))
    let data = try shelf.data(["inspect", path], schema: "nnx.inspect/1")
    #expect(data["kind"]?.string == kind)
    let pickles = try #require(data["pickles"]?.array)
    for pickle in pickles {
      #expect(pickle["refused"] == [])
      #expect(pickle["globals"]?.array?.allSatisfy { $0["allowed"]?.bool == true } == true)
    }
    let names = data["tensors"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(names.isEmpty == ending.hasSuffix(".pkl"))
    #expect(try shelf.run("inspect", path, "-q").output == names.map { $0 + "\n" }.joined())
  }

  @Test func describesArchivesFoldersAndNativeWeights() throws {
    let shelf = try Shelf([("mine", "v2/plain_ct_folds")])
    let archive = try shelf.run(["inspect", "\(shelf.home)/mine.zip"])
    #expect(archive.status == 0, "\(archive.errors)")
    #expect(archive.output.contains("PlainConvUNet") && archive.output.contains("folds 0 1 2"))
    Snapshot.expectFits(archive.output.replacingOccurrences(of: shelf.home, with: ""))
    let installed = try shelf.run("path", "mine").output.dropLast()
    let folder = try shelf.data(["inspect", String(installed)], schema: "nnx.inspect/1")
    #expect(folder["models"]?.array?.first?["configuration"]?.string == "3d_fullres")
    #expect(folder["files"]?.array?.count == 4)
    let weights = try shelf.run("path", "mine", "--weights").output.split(separator: "\n")
    let native = try shelf.data(["inspect", String(weights[0])], schema: "nnx.inspect/1")
    #expect(native["native"]?.bool == true)
    #expect(native["facts"]?["trainer"]?.string == "nnUNetTrainer")
    // Nothing is left of what was unpacked to be looked at.
    let scratch = try TemporaryFolder()
    _ = try shelf.run(
      ["inspect", "\(shelf.home)/mine.zip"], environment: ["TMPDIR": scratch.path])
    #expect(try scratch.contents() == [])
  }

  @Test(arguments: [0, 1]) func describesHostilePicklesAndRunsNone(container: Int) throws {
    let folder = try TemporaryFolder()
    let canary = folder.path + "/owned"
    let command = Array("touch \(canary)".utf8)
    let pickle: [UInt8] =
      [0x80, 2] + Array("cposix\nsystem\n".utf8) + [0x58, UInt8(command.count), 0, 0, 0] + command
      + [0x85, 0x52, 0x2E]
    let zip = ZipBuilder([
      .init("archive/data.pkl", pickle), .init("archive/version", Array("3\n".utf8)),
    ]).build()
    let path = try folder.write(
      container == 0 ? "bad.pth" : "bad.pkl", container == 0 ? zip : pickle)
    let shelf = try Shelf()
    let shown = try shelf.run("inspect", path)
    #expect(shown.status == 65)
    #expect(shown.errors.contains("error[unsafe-pickle]"))
    #expect(shown.output.contains("REFUSED  posix.system at byte 2"))
    #expect(shown.output.contains("posix.system('touch"))
    let json = try shelf.run("inspect", path, "--json")
    #expect(json.status == 65)
    let answer = try OrderedJSON(parsing: Array(json.output.utf8), source: "answer")
    #expect(answer["ok"]?.bool == false)
    #expect(answer["error"]?["code"]?.string == "unsafe-pickle")
    let found = answer["data"]?["pickles"]?.array?.first
    #expect(found?["globals"]?.array?.first?["name"]?.string == "posix.system")
    #expect(found?["refused"]?.array?.first?["offset"]?.int != nil)
    #expect(!FileManager.default.fileExists(atPath: canary))
  }

  @Test func refusesWhatIsNoModel() throws {
    let folder = try TemporaryFolder()
    let shelf = try Shelf()
    for (name, bytes) in [
      ("text.pth", Array("hello".utf8)), ("empty.pkl", []), ("short.safetensors", [1, 2, 3]),
    ] as [(String, [UInt8])] {
      let outcome = try shelf.run("inspect", try folder.write(name, bytes))
      #expect(outcome.status == 65, "\(name): \(outcome.output)\(outcome.errors)")
      #expect(outcome.errors.contains("error["))
    }
    #expect(try shelf.run("inspect", folder.path + "/nothing").status == 66)
  }

  @Test func convertsFoldersAndCheckpoints() throws {
    let source = try Fixtures.unzip("reference/v2/plain_ct/model.zip")
    let shelf = try Shelf([("mine", "v2/plain_ct")])
    let target = shelf.home + "/native"
    let converted = try shelf.run("convert", source.path, "-o", target)
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(converted.output == target + "\n")
    let own = String(try shelf.run("path", "mine", "--weights").output.dropLast())
    let weights = target + "/weights/3d_fullres/fold_0.safetensors"
    #expect(try Digest.ofFile(weights, .sha256) == Digest.ofFile(own, .sha256))
    #expect(FileManager.default.fileExists(atPath: target + "/model.json"))

    let again = try shelf.run("convert", source.path, "-o", target)
    #expect(again.status == 73)
    #expect(again.errors.contains("--overwrite"))
    #expect(try shelf.run("convert", source.path, "-o", target, "--overwrite").status == 0)

    let checkpoint = try #require(
      try source.contents().first { $0.hasSuffix("/checkpoint_final.pth") })
    let file = shelf.home + "/one.safetensors"
    let data = try shelf.data(
      ["convert", "\(source.path)/\(checkpoint)", "-o", file], schema: "nnx.convert/1")
    #expect(data["folds"]?.array?.count == 1)
    #expect(try Digest.ofFile(file, .sha256) == Digest.ofFile(own, .sha256))
    // Nothing temporary stays, and failures leave nothing.
    let lost = try TemporaryFolder()
    let alone = try lost.write(
      "checkpoint_final.pth", try source.read("\(source.path)/\(checkpoint)"))
    #expect(try shelf.run("convert", alone, "-o", lost.path + "/x.safetensors").status == 65)
    #expect(try lost.contents() == ["checkpoint_final.pth"])
    let left = try FileManager.default.contentsOfDirectory(atPath: shelf.home)
    #expect(!left.contains { $0.contains(".tmp") })
  }
}
