import Foundation
import NNXSystem
import TestSupport
import Testing

/// No verb writes over what a person has: each that writes a file, with everything that can go wrong about
/// the file's name.
@Suite struct OutputTests {
  private let nnx = Binary()
  private let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    try folder.write("scans/ct.nii.gz", folder.read(phantom))
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
  private var scan: String { path("scans/ct.nii.gz") }

  @discardableResult
  private func run(_ arguments: [String]) throws -> Binary.Outcome {
    try nnx.run(arguments, folder: folder.path)
  }

  private func predict(_ arguments: String...) throws -> Binary.Outcome {
    try run(["predict", "-m", "demo-ct", "--no-tta", "-i"] + arguments)
  }

  /// Bytes of all files below the folder.
  private func everything() throws -> [String: String] {
    var digests: [String: String] = [:]
    for file in try Folder.files(below: folder.path) {
      digests[file.path] = try Digest.ofFile(path(file.path), .sha256)
    }
    return digests
  }

  private struct Verb {
    let words: [String]
    /// Comes before the output.
    var option = ["-o"]
    let arguments: [String]
    let ending: String
    /// What it reads.
    let inputs: [String]
    /// Whether its files have a place for a seal: those without are never replaced.
    var isSealed = true
    /// Whether it has `--overwrite`; those without it keep their own file up to date.
    var overwrites = true
  }

  /// Every verb that has an option for the file it writes.
  private func verbs() throws -> [Verb] {
    try #require(
      try predict(scan, "-o", path("p/seg.nii.gz"), "--save-probabilities").status == 0)
    let seg = path("p/seg.nii.gz")
    let model = try nnx.run("path", "demo-ct").output.prefix { $0 != "\n" }
    let files = try Folder.files(below: String(model)).map(\.path)
    let checkpoint = try #require(files.first { $0.hasSuffix(".pth") }.map { "\(model)/\($0)" })
    var verbs = [
      Verb(
        words: ["predict"], arguments: ["-m", "demo-ct", "--no-tta", "--folds", "0", "-i", scan],
        ending: "nii.gz", inputs: [scan]),
      Verb(words: ["preview"], arguments: [scan, seg], ending: "png", inputs: [scan, seg]),
      Verb(words: ["report"], arguments: [path("p")], ending: "html", inputs: []),
      Verb(words: ["gather"], arguments: [path("p")], ending: "html", inputs: []),
      Verb(
        words: ["evaluate"], arguments: [path("p"), path("p"), "--labels", "1"], ending: "json",
        inputs: [seg]),
      Verb(words: ["pack"], arguments: ["demo-ct"], ending: "nnxpack", inputs: []),
      Verb(
        words: ["lock"], option: ["-f"], arguments: ["demo-ct"], ending: "lock", inputs: [],
        overwrites: false),
      Verb(
        words: ["convert"], arguments: [checkpoint], ending: "safetensors", inputs: [checkpoint]),
      Verb(words: ["convert"], arguments: [seg], ending: "nii.gz", inputs: [seg]),
      Verb(words: ["convert"], arguments: [scan], ending: "nii.gz", inputs: [scan]),
      Verb(words: ["convert"], arguments: [seg], ending: "nii", inputs: [seg]),
      Verb(words: ["convert"], arguments: [scan], ending: "nrrd", inputs: [scan]),
    ]
    for format in ["table", "csv", "tsv", "json"] {
      verbs.append(
        Verb(
          words: ["stats"], arguments: [seg, scan, "--format", format], ending: "txt",
          inputs: [seg, scan, path("p/seg.nnx.json")], isSealed: format == "json"))
    }
    for format in ["table", "json", "ctbl", "itksnap", "niivue", "bids", "dcmqi"] {
      verbs.append(
        Verb(
          words: ["labels"], arguments: [seg, "--format", format], ending: "txt",
          inputs: [seg, path("p/seg.nnx.json")],
          isSealed: ["ctbl", "itksnap", "niivue"].contains(format)))
    }
    return verbs
  }

  /// Changes a byte in the middle of a file, or the first digit of a text behind that.
  private func edit(_ file: String) throws {
    var bytes = try folder.read(file)
    let start = bytes.count / 3
    let isText = !bytes.contains { $0 == 0 }
    let place =
      isText ? bytes[start...].firstIndex { (0x30...0x38).contains($0) } ?? start : start
    bytes[place] = isText ? bytes[place] + 1 : bytes[place] ^ 1
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  @Test func noVerbWritesOverWhatIsThere() throws {
    let verbs = try verbs()
    for (index, verb) in verbs.enumerated() {
      let name = verb.words.joined(separator: " ") + " " + (verb.arguments.last ?? "")
      func write(_ output: String, _ flags: String...) throws -> Binary.Outcome {
        try run(verb.words + verb.arguments + verb.option + [output] + flags)
      }
      let flags = verb.overwrites ? [[], ["--overwrite"]] : [[]]

      for (number, input) in verb.inputs.enumerated() {
        let hard = path("hard\(index)-\(number).\(verb.ending)")
        try FileManager.default.linkItem(atPath: input, toPath: hard)
        let before = try everything()
        for flags in flags {
          let outcome = try run(verb.words + verb.arguments + verb.option + [hard] + flags)
          #expect(outcome.status == 73, "\(name) \(flags): \(outcome.errors)")
          #expect(outcome.errors.contains("never writes over"), "\(name): \(outcome.errors)")
        }
        #expect(try everything() == before, "\(name) leaves its inputs alone")
        try FileManager.default.removeItem(atPath: hard)
      }

      let foreign = try folder.write("foreign.\(verb.ending)", Array("{\"a\": 1}".utf8))
      let before = try everything()
      for flags in flags {
        let outcome = try run(verb.words + verb.arguments + verb.option + [foreign] + flags)
        #expect(outcome.status == 73, "\(name) \(flags): \(outcome.errors)")
        #expect(outcome.errors.contains("output-exists"), "\(name): \(outcome.errors)")
        #expect(!outcome.errors.contains("--overwrite"), "\(name): \(outcome.errors)")
      }
      #expect(try everything() == before, "\(name) leaves foreign files alone")
      #expect(try write("-").status == 64)

      let target = path("new\(index)/deep/out.\(verb.ending)")
      let made = try write(target)
      #expect(made.status == 0, "\(name): \(made.errors)")
      #expect(Folder.kind(target) != nil, "\(name) makes folders")
      let again = try write(target)
      // A prediction that is the same is done already.
      let isKept = verb.words == ["predict"] || !verb.overwrites
      #expect(again.status == (isKept ? 0 : 73), "\(name): \(again.errors)")
      guard verb.overwrites else { continue }
      let replaced = try write(target, "--overwrite")
      guard verb.isSealed else {
        #expect(replaced.status == 73, "\(name): \(replaced.errors)")
        #expect(replaced.errors.contains("whether somebody edited it"), "\(replaced.errors)")
        continue
      }
      #expect(replaced.status == 0, "\(name) knows its own: \(replaced.errors)")
      try edit(target)
      let edited = try folder.read(target)
      let kept = try write(target, "--overwrite")
      // Weights and packs are no work of anybody's hands.
      guard !["nnxpack", "safetensors"].contains(verb.ending) else { continue }
      #expect(kept.status == 73, "\(name) leaves what somebody edited: \(kept.errors)")
      #expect(try folder.read(target) == edited)
    }
  }

  /// A verb that is added must be added above, too.
  @Test func noVerbIsForgotten() throws {
    let dump = try OrderedJSON(
      parsing: Array(try nnx.run("--experimental-dump-help").output.utf8), source: "help")
    var found: Set<String> = []
    func walk(_ command: OrderedJSON, _ words: [String]) {
      let words = words + [command["commandName"]?.string ?? ""]
      for argument in command["arguments"]?.array ?? [] {
        let names = (argument["names"]?.array ?? []).compactMap { $0["name"]?.string }
        if names.contains("output") { found.insert(words.dropFirst().joined(separator: " ")) }
      }
      for below in command["subcommands"]?.array ?? [] { walk(below, words) }
    }
    walk(try #require(dump["command"]), [])
    let tested = Set(try verbs().map(\.words).filter { $0 != ["lock"] }.map { $0[0] })
    // Where submit's workers will write.
    let submits = found.filter { $0.hasPrefix("submit ") }
    #expect(submits.count == 4 && found.subtracting(submits) == tested.union(["ensemble"]))
  }

  @Test func ensembleWritesOverNoMember() throws {
    try #require(
      try predict(scan, "-o", path("a/"), "--save-probabilities", "-q").status == 0)
    try FileManager.default.copyItem(atPath: path("a"), toPath: path("b"))
    let before = try everything()
    for flags in [[], ["--overwrite"], ["--overwrite", "--save-probabilities"]] {
      for output in ["a", "b"] {
        let outcome = try run(["ensemble", "-i", "a", "b", "-o", output] + flags)
        #expect(outcome.status == 73, "\(outcome.errors)")
        #expect(outcome.errors.contains("never writes over"), "\(outcome.errors)")
      }
    }
    #expect(try everything() == before)
    #expect(try run(["ensemble", "-i", "a", "b", "-o", "new/c"]).status == 0)
    let again = try run(["ensemble", "-i", "a", "b", "-o", "new/c"])
    #expect(again.status == 0 && again.errors.contains("done already"), "\(again.errors)")
    #expect(try run(["ensemble", "-i", "a", "b", "-o", "new/c", "--overwrite"]).status == 0)
  }

  @Test func manualPagesOfOthersStay() throws {
    #expect(try run(["man", "--install", "man1"]).status == 0)
    #expect(try run(["man", "--install", "man1"]).status == 0)
    try folder.write("man1/nnx-list.1", Array("mine".utf8))
    let before = try everything()
    #expect(try run(["man", "--install", "man1"]).status == 73)
    #expect(try everything() == before)
  }

  @Test func aFolderOfScansIsNeverReplacedByItsSegmentations() throws {
    try folder.write("scans/b.nii.gz", folder.read(phantom))
    let before = try everything()
    for flags in [[], ["--overwrite"], ["--overwrite", "--dry-run"]] {
      let outcome = try run(
        ["predict", "-m", "demo-ct", "--no-tta", "-i", "scans", "-o", "scans"] + flags)
      #expect(outcome.status == 73, "\(outcome.errors)")
      #expect(outcome.errors.contains("scans/b.nii.gz is an image of this run"))
    }
    #expect(try everything() == before)
  }

  /// The table of all cases has a record, and so has a case of its name.
  @Test func noCaseHasTheNameOfTheTable() throws {
    try folder.write("scans/nnx-stats.nii.gz", folder.read(phantom))
    let before = try everything()
    let outcome = try run(
      ["predict", "-m", "demo-ct", "--no-tta", "--stats", "-i", "scans", "-o", "segs"])
    #expect(outcome.status == 73, "\(outcome.errors)")
    #expect(outcome.errors.contains("a case is called nnx-stats"), "\(outcome.errors)")
    #expect(try everything() == before)
  }

  @Test func sidecarsOfOthersSurvive() throws {
    try FileManager.default.moveItem(atPath: scan, toPath: path("scans/ct_0000.nii.gz"))
    let sidecar = Array(#"{"Modality": "CT"}"#.utf8)
    for name in ["ct.json", "ct.npz", "ct.pkl", "ct.tsv"] {
      try folder.write("scans/\(name)", sidecar)
    }
    let done = try run([
      "predict", "-m", "demo-ct", "--no-tta", "-i", "scans", "-o", "scans", "--stats", "--preview",
      "--save-probabilities",
    ])
    #expect(done.status == 0, "\(done.errors)")
    for name in ["ct.json", "ct.npz", "ct.pkl", "ct.tsv"] {
      #expect(try folder.read(path("scans/\(name)")) == sidecar)
    }
    #expect(
      try Folder.entries(path("scans")).filter { $0.hasPrefix("ct.") } == [
        "ct.json", "ct.nii.gz", "ct.nnx.json", "ct.npz", "ct.pkl", "ct.preview.png",
        "ct.probabilities.npz", "ct.stats.json", "ct.tsv",
      ])
    // The record tells of all, by digest.
    let record = try OrderedJSON(contentsOf: path("scans/ct.nnx.json"))
    let files = try #require(record["files"]?.array)
    #expect(
      Set(files.compactMap { $0["path"]?.string }) == [
        "ct.nii.gz", "ct.preview.png", "ct.probabilities.npz", "ct.stats.json",
      ])
    for file in files {
      let place = path("scans/" + (file["path"]?.string ?? ""))
      #expect(file["sha256"]?.string == (try Digest.ofFile(place, .sha256)))
    }
    #expect(
      try OrderedJSON(contentsOf: path("scans/ct.stats.json"))["seg"]?.string == "scans/ct.nii.gz")
  }

  @Test func whatStandsInTheWayOfACompanionRefusesTheCase() throws {
    for name in ["seg.stats.json", "seg.preview.png", "seg.probabilities.npz", "seg.nnx.json"] {
      let other = try TemporaryFolder()
      try other.write(name, Array("{}".utf8))
      for flags in [[], ["--overwrite"]] {
        let outcome = try run(
          [
            "predict", "-m", "demo-ct", "--no-tta", "-i", scan, "-o", other.path + "/seg.nii.gz",
            "--stats", "--preview", "--save-probabilities",
          ] + flags)
        #expect(outcome.status == 73 && outcome.errors.contains(name), "\(outcome.errors)")
      }
      #expect(try other.contents() == [name])
      #expect(try other.read(other.path + "/" + name) == Array("{}".utf8))
    }
  }

  @Test func correctionsOfAPersonStay() throws {
    #expect(try predict(scan, "-o", "seg.nii.gz", "--stats").status == 0)
    let own = try folder.read(path("seg.nii.gz"))
    try folder.write("seg.nii.gz", own + [0])
    let refused = try predict(scan, "-o", "seg.nii.gz", "--overwrite")
    #expect(refused.status == 73 && refused.errors.contains("was changed after nnx wrote it"))
    #expect(try folder.read(path("seg.nii.gz")) == own + [0])
    try folder.write("seg.nii.gz", own)
    #expect(try predict(scan, "-o", "seg.nii.gz", "--overwrite").status == 0)
    // Numbers of the segmentation that is gone would be taken for those of the new one.
    #expect(
      try Folder.entries(folder.path) == ["scans", "seg.nii.gz", "seg.nnx.json"])
  }

  /// A limit on the size of files stands for a full disk: both end in `no-space`.
  @Test func aFullDiskLeavesNothingHalf() throws {
    #expect(try predict(scan, "-o", "first.nii.gz", "-q").status == 0)
    let before = try everything()
    for output in ["out/new/seg.nii.gz", "first.nii.gz"] {
      let outcome = try nnx.run(
        ["predict", "-m", "demo-ct", "--no-tta", "-i", scan, "-o", output, "-q", "--overwrite"],
        folder: folder.path, under: ["/bin/bash", "-c", "ulimit -f 1; exec \"$0\" \"$@\""])
      #expect(outcome.status == 74, "\(outcome.errors)")
      #expect(!outcome.errors.contains("NNX_HOME"), "\(outcome.errors)")
      #expect(!outcome.errors.contains(".tmp"), "\(outcome.errors)")
      #expect(outcome.errors.contains(parentFolder(output)), "\(outcome.errors)")
      #expect(try everything() == before)
      #expect(try Folder.entries(folder.path) == ["first.nii.gz", "first.nnx.json", "scans"])
    }
  }

  @Test func standardStreamsAreRefused() throws {
    for arguments in [["-", "-o", "s.nii.gz"], [scan, "-o", "-"]] {
      let outcome = try run(["predict", "-m", "demo-ct", "-i"] + arguments)
      #expect(outcome.status == 64 && outcome.errors.contains("(-)"), "\(outcome.errors)")
    }
    let stats = try run(["stats", "-"])
    #expect(stats.status == 64 && stats.errors.contains("not stdin"), "\(stats.errors)")
  }
}
