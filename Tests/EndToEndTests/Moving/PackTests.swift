import Foundation
import NNXSystem
import TestSupport
import Testing

/// Models carried in one file to a machine without network.
@Suite struct PackTests {
  private let folder: TemporaryFolder
  private let pack: String
  private let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"

  init() throws {
    folder = try TemporaryFolder()
    pack = folder.path + "/models.nnxpack"
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// A home with the demo, a model of three folds, and one of nnU-Net v1.
  private func filled() throws -> Binary {
    let nnx = Binary()
    let models = [
      ["demo-ct"],
      [Fixtures.folder + "/reference/v2/plain_ct_folds/model.zip", "--name", "folds"],
      [Fixtures.folder + "/reference/v1/ct_fullres/model.zip", "--name", "old"],
    ]
    for arguments in models {
      let outcome = try nnx.run(["install"] + arguments + ["-q"])
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    return nnx
  }

  private func segmentation(_ nnx: Binary, _ model: String) throws -> String {
    let folder = try TemporaryFolder()
    let output = folder.path + "/seg.nii.gz"
    let outcome = try nnx.run("predict", "-m", model, "-i", phantom, "-o", output, "--no-tta")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try Digest.ofFile(output, .sha256)
  }

  @Test func packedModelsArriveAndPredictTheSame() throws {
    let first = try filled()
    let packed = try first.run("pack", "demo-ct", "folds", "old", "-o", pack)
    #expect(packed.status == 0, "\(packed.errors)")
    #expect(packed.output == "\(pack)\n")
    let digest = try Digest.ofFile(pack, .sha256)
    #expect(packed.errors.contains("sha256 \(digest)"))
    #expect(try first.run("pack", "demo-ct", "-o", pack).status == 73)
    let again = folder.path + "/again.nnxpack"
    #expect(try first.run("pack", "old", "folds", "demo-ct", "-o", again).status == 0)
    #expect(try Digest.ofFile(again, .sha256) == digest, "the same models give the same bytes")

    let second = Binary()
    let planned = try second.run("unpack", pack, "--dry-run", "--offline")
    #expect(planned.status == 0, "\(planned.errors)")
    #expect(try second.run("list", "-q").output == "")
    let unpacked = try second.run("unpack", pack, "--sha256", digest, "--offline")
    #expect(unpacked.status == 0, "\(unpacked.errors)")
    #expect(try second.run("list", "-q").output == "demo-ct\nfolds\nold\n")
    #expect(try segmentation(second, "demo-ct") == segmentation(first, "demo-ct"))
    let lock = folder.path + "/nnx.lock"
    #expect(try first.run("lock", "-f", lock).status == 0)
    #expect(try second.run("lock", "--check", "-f", lock).status == 0)
    let repacked = folder.path + "/repacked.nnxpack"
    #expect(try second.run("pack", "demo-ct", "folds", "old", "-o", repacked).status == 0)
    #expect(try second.run("unpack", pack).output.contains("installed already"))
  }

  /// Any single byte that differs is noticed, and nothing is installed.
  @Test func damagedPacksInstallNothing() throws {
    let first = Binary()
    try #require(try first.run("install", "demo-ct", "-q").status == 0)
    try #require(try first.run("pack", "demo-ct", "-o", pack).status == 0)
    let right = try bytes(pack)
    var damaged: [(String, [UInt8])] = [
      ("cut", Array(right.prefix(right.count - 100))),
      ("half", Array(right.prefix(right.count / 2))),
      ("empty", []), ("text", Array("not a pack".utf8)),
    ]
    for index in 1...12 {
      var changed = right
      changed[right.count * index / 13] ^= 0x20
      damaged.append(("flip \(index)", changed))
    }
    for (what, content) in damaged {
      let path = try folder.write("bad.nnxpack", content)
      let nnx = Binary()
      let outcome = try nnx.run("unpack", path)
      #expect([65, 76].contains(outcome.status), "\(what): \(outcome.status) \(outcome.errors)")
      #expect(try nnx.run("list", "-q").output == "", "\(what)")
    }
    let wrong = try Binary().run("unpack", pack, "--sha256", String(repeating: "0", count: 64))
    #expect(wrong.status == 76)
  }

  /// Packs whose parts are sound zips, but lie about each other.
  @Test func lyingPacksAreRefused() throws {
    let first = Binary()
    try #require(try first.run("install", "demo-ct", "-q").status == 0)
    try #require(try first.run("pack", "demo-ct", "-o", pack).status == 0)
    let unpacked = try Fixtures.unzip(pack)
    let files = try unpacked.contents().filter { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(unpacked.path)/\(name)", isDirectory: &isFolder)
      return !isFolder.boolValue
    }
    var entries: [ZipBuilder.Entry] = []
    for file in files { entries.append(.init(file, try bytes("\(unpacked.path)/\(file)"))) }

    func changed(_ name: String, _ change: (String) -> String) -> ZipBuilder {
      ZipBuilder(
        entries.map { entry in
          guard String(decoding: entry.name, as: UTF8.self).hasSuffix(name) else { return entry }
          return entry.with {
            $0.data = Array(change(String(decoding: $0.data, as: UTF8.self)).utf8)
          }
        })
    }
    let lies: [(String, ZipBuilder)] = [
      ("other plans", changed("plans.json") { $0 + " " }),
      ("other weights promised", changed("receipt.json") { swap(in: $0, after: ".safetensors") }),
      (
        "another name",
        changed("nnxpack.json") { $0.replacingOccurrences(of: "demo-ct", with: "x") }
      ),
      (
        "a later schema",
        changed("nnxpack.json") { $0.replacingOccurrences(of: ": 1,", with: ": 9,") }
      ),
      (
        "a set that leads out",
        changed("receipt.json") {
          $0.replacingOccurrences(of: #""id": "demo-ct""#, with: #""id": "../../../x""#)
        }
      ),
      (
        "an escape sequence",
        changed("receipt.json") {
          $0.replacingOccurrences(of: #""title": ""#, with: #""title": "\u001b]0;x"#)
        }
      ),
      ("no manifest", ZipBuilder(entries.filter { $0.name != Array("nnxpack.json".utf8) })),
      ("an escape", ZipBuilder(entries + [.init("../evil", "x")])),
      (
        "a link",
        ZipBuilder(entries + [ZipBuilder.Entry("0/l", "/etc").with { $0.mode = 0o120777 }])
      ),
      (
        "a name that leads out",
        changed("nnxpack.json") {
          $0.replacingOccurrences(of: "demo-ct", with: "../demo")
        }
      ),
    ]
    let honest = try folder.write("honest.nnxpack", ZipBuilder(entries).build())
    #expect(try Binary().run("unpack", honest).status == 0, "the test's own zip is fine")
    for (what, builder) in lies {
      let path = try folder.write("lie.nnxpack", builder.build())
      let nnx = Binary()
      let outcome = try nnx.run("unpack", path)
      #expect(
        [65, 76, 78].contains(outcome.status), "\(what): \(outcome.status) \(outcome.errors)")
      #expect(try nnx.run("list", "-q").output == "", "\(what)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/evil"))
    }
  }

  @Test func aDamagedModelIsNotPacked() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let home = try nnx.home.get()
    let plans = try #require(try home.contents().first { $0.hasSuffix("plans.json") })
    try home.change(plans, at: 20, to: 0x21)
    let outcome = try nnx.run("pack", "demo-ct", "-o", pack)
    #expect(outcome.status == 76, "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: pack))
  }
}

/// The text with a digit of the digest that follows `mark` changed.
private func swap(in text: String, after mark: String) -> String {
  guard let found = text.firstRange(of: mark),
    let digest = text[found.upperBound...].firstRange(of: "\"sha256\": \"")
  else { return text }
  var text = text
  let digit = text[digest.upperBound]
  text.replaceSubrange(digest.upperBound...digest.upperBound, with: digit == "0" ? "1" : "0")
  return text
}
