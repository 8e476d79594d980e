import Foundation
import NNXSystem
import TestSupport
import Testing

/// Models as publishers write and pack them.
@Suite struct PublishedModelsTests {
  /// An unpacked model of the reference cases, with some of its files changed.
  private struct Published {
    let folder: TemporaryFolder
    /// Paths of all files.
    let files: [String]

    init(_ case: String = "v2/plain_ct") throws {
      folder = try Fixtures.unzip("reference/\(`case`)/model.zip")
      let root = folder.path
      files = try folder.contents().filter { Folder.isFolder("\(root)/\($0)") == false }
    }

    func file(_ ending: String) throws -> String {
      try #require(files.first { $0.hasSuffix(ending) })
    }

    func replace(_ ending: String, _ change: (String) -> String) throws {
      let path = try file(ending)
      let text = String(decoding: try folder.read("\(folder.path)/\(path)"), as: UTF8.self)
      let changed = change(text)
      #expect(changed != text)
      try folder.write(path, Array(changed.utf8))
    }

    func tar() throws -> [UInt8] {
      TarBuilder(
        try files.map { .init("./\($0)", try folder.read("\(folder.path)/\($0)")) }
      ).build()
    }

    func zip() throws -> [UInt8] {
      ZipBuilder(
        try files.map { .init($0, try folder.read("\(folder.path)/\($0)"), deflated: true) }
      ).build()
    }
  }

  @Test(arguments: [
    ("\"0\": \"CT\"", "\"1\": \"CT\""),
    ("\"background\": 0", "\"background\": \"0\""),
    ("{\"0\": \"CT\"}", "[\"CT\"]"),
  ])
  func datasetsAreTakenAsNNUNetTakesThem(old: String, new: String) throws {
    let model = try Published()
    try model.replace("/dataset.json") { text in
      let plain = text.split(whereSeparator: \.isNewline).map {
        $0.drop { $0 == " " }
      }.joined(separator: " ").replacing("{ ", with: "{").replacing(" }", with: "}")
      return plain.replacing(old, with: new)
    }
    let shelf = try Shelf()
    let done = try shelf.run("install", model.folder.path, "--name", "m")
    #expect(done.status == 0, "\(done.errors)")
    let labels = try shelf.data(["labels", "m"], schema: "nnx.labels/1")["labels"]?.array
    #expect(labels?.compactMap { $0["value"]?.int } == [1, 2])
  }

  @Test(arguments: ["m.tar", "m.tar.gz", "m.tgz", "M.TAR.GZ"])
  func tarArchivesAreInstalled(name: String) throws {
    let model = try Published()
    let bytes = try model.tar()
    let place = try TemporaryFolder()
    try place.write(name, name.lowercased().hasSuffix("gz") ? gzipped(bytes) : bytes)
    let shelf = try Shelf([("zipped", "v2/plain_ct")])
    // A file of the folder one stands in needs no ./ in front.
    let done = try shelf.nnx.run(
      ["install", name], environment: ["NNX_HOME": "\(shelf.home)/nnx"], folder: place.path)
    #expect(done.status == 0, "\(done.errors)")
    let weights = try ["m", "zipped"].map { model in
      let path = try shelf.run("path", model, "--weights").output.split(separator: "\n")[0]
      return try Digest.ofFile(String(path), .sha256)
    }
    #expect(weights[0] == weights[1])
    let shown = try shelf.run("inspect", "\(place.path)/\(name)")
    #expect(shown.status == 0 && shown.output.contains("PlainConvUNet"), "\(shown.errors)")
    // What it came from is enough to mend it.
    let tree = try shelf.run("path", "m").output.dropLast()
    let plans = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: String(tree)).first {
        $0.hasSuffix("/plans.json")
      })
    try FileManager.default.removeItem(atPath: "\(tree)/\(plans)")
    #expect(try shelf.run("verify", "m").status == 1)
    let mended = try shelf.run("verify", "m", "--repair")
    #expect(mended.status == 0, "\(mended.errors)")
  }

  @Test func anArchiveInAnArchiveIsNamed() throws {
    let shelf = try Shelf()
    let place = try TemporaryFolder()
    let outer = try place.write(
      "outer.zip", ZipBuilder([.init("model.zip", try Published().zip())]).build())
    for verb in [["install", outer], ["inspect", outer]] {
      let done = try shelf.run(verb)
      #expect(done.status == 65)
      #expect(done.errors.contains("outer.zip; it holds model.zip"), "\(done.errors)")
      #expect(!done.errors.contains("/staging/"))
    }
  }

  /// Where nnx puts files for a moment is nobody's business.
  @Test(arguments: ["zip", "folder"]) func errorsNameTheArchiveAndThePathInIt(kind: String) throws {
    let changes: [(ending: String, (String) -> String, said: String)] = [
      ("/dataset.json", { $0 + "x" }, "is not valid JSON"),
      ("/dataset.json", { $0.replacing("\"background\"", with: "\"back\"") }, "'background'"),
      ("/plans.json", { $0.replacing("\"patch_size\"", with: "\"patch\"") }, "patch_size"),
    ]
    for (ending, change, said) in changes {
      let model = try Published()
      try model.replace(ending, change)
      let shelf = try Shelf()
      let path =
        kind == "zip"
        ? try model.folder.write("m.zip", model.zip()) : model.folder.path
      let done = try shelf.run("install", path, "--name", "m")
      #expect(done.status == 65, "\(done.errors)")
      #expect(!done.errors.contains("staging") && !done.errors.contains("unpacked."))
      let file = try model.file(ending)
      #expect(
        done.errors.contains(kind == "zip" ? "m.zip: \(file)" : "\(path)/\(file)"),
        "\(done.errors)")
      #expect(done.errors.contains(said), "\(done.errors)")
    }
  }

  @Test(arguments: [
    ("v2/plain_ct", "checkpoint_final.pth", "network_weights"),
    ("v1/ct_fullres", "model_final_checkpoint.model", "state_dict"),
  ])
  func weightsUnderOtherKeysAreNamed(archive: String, file: String, key: String) throws {
    let model = try Published(archive)
    let root = PickleTree.dictionary([
      (.text("model"), .dictionary([(.text("w"), .tensor("0", [2]))])), (.text("epoch"), .int(1)),
    ])
    for path in model.files where path.hasSuffix("/\(file)") {
      try model.folder.write(
        path,
        CheckpointBuilder.zip(
          CheckpointBuilder.members(root.pickled, [("0", CheckpointBuilder.floats([1, 2]))])))
    }
    let shelf = try Shelf()
    let path = try model.folder.write("m.zip", model.zip())
    for verb in ["install", "inspect"] {
      let done = try shelf.run(verb, path)
      #expect(done.status == 65)
      #expect(done.errors.contains("error[invalid-checkpoint]"), "\(done.errors)")
      let told = done.errors.replacing("\n", with: " ").split(separator: " ").joined(separator: " ")
      #expect(told.contains("holds no `\(key)`; its keys are model, epoch"), "\(told)")
    }
  }

  @Test func aPackWithoutReceiptIsNoPack() throws {
    let shelf = try Shelf([("m", "v2/plain_ct")])
    let pack = "\(shelf.home)/m.nnxpack"
    try #require(try shelf.run("pack", "m", "-o", pack).status == 0)
    let folder = try Fixtures.unzip(pack)
    let files = try folder.contents().filter {
      Folder.isFolder("\(folder.path)/\($0)") == false
    }
    let rest = ZipBuilder(
      try files.filter { !$0.hasSuffix("/receipt.json") }.map {
        .init($0, try folder.read("\(folder.path)/\($0)"))
      }
    ).build()
    let done = try shelf.run("unpack", try folder.write("bad.nnxpack", rest))
    #expect(done.status == 65)
    #expect(done.errors.contains("error[invalid-pack]"), "\(done.errors)")
    #expect(done.errors.contains("it has no 0/receipt.json"), "\(done.errors)")
    #expect(!done.errors.contains("staging"))
  }
}
