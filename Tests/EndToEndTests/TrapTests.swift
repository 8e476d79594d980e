import Foundation
import NNXSystem
import TestSupport
import Testing

/// Numbers and texts that once ended nnx by a signal, or reached the terminal as they were.
@Suite struct TrapTests {
  private let demo = Fixtures.repository + "/Models/phantom_0000.nii.gz"

  private func expect(
    _ outcome: Binary.Outcome, _ status: Int32, _ texts: String...,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: location)
    for text in texts {
      #expect(outcome.errors.contains(text), "\(outcome.errors)", sourceLocation: location)
    }
    let obeyed = (outcome.output + outcome.errors).unicodeScalars.filter {
      ($0.value < 32 && $0 != "\n") || (127..<160).contains($0.value)
        || (0x202A...0x202E).contains($0.value)
    }
    #expect(obeyed.isEmpty, "\(obeyed.map(\.value))", sourceLocation: location)
  }

  private func installed(_ name: String, as other: String, _ nnx: Binary) throws {
    let zip = Fixtures.folder + "/reference/v2/\(name)/model.zip"
    try #require(try nnx.run("install", zip, "--name", other, "-q").status == 0)
  }

  @Test(arguments: ["[.a]", "[", "[[\n", "[\u{1}", "[a]]", "threads = ", "threads = 1e400", "x"])
  func settingsThatAreNoTOMLAreRefusedWithTheirLine(_ text: String) throws {
    let nnx = Binary()
    let path = try nnx.home.get().write("config/config.toml", Array("# mine\n\(text)".utf8))
    expect(try nnx.run("list"), 78, "error[invalid-setting]: \(path):2")
  }

  @Test func spacingsThatAreNotInMillimetresAreAskedAbout() throws {
    let nnx = Binary()
    try installed("odd_sizes", as: "odd", nnx)
    let folder = try TemporaryFolder()
    func write(_ name: String, _ spacing: Double) throws -> String {
      try folder.write(
        name,
        NIfTIBytes.float32(shape: [40, 40, 40], spacing: [spacing, spacing, spacing]) {
          Float($0 % 90)
        })
    }
    let impossible = try write("impossible.nii", 1e5)
    for verb in [["predict", "-o", folder.path + "/o.nii.gz"], ["estimate"]] {
      expect(
        try nnx.run(verb + ["-m", "odd", "-i", impossible]), 65, "error[broken-image]",
        "is it in mm?")
    }
    let image = try write("um.nii", 1e3)
    let predict = ["predict", "-m", "odd", "-i", image, "-o", folder.path + "/o.nii.gz"]
    expect(
      try nnx.run(predict + ["--allow", "units"]), 71, "error[memory]",
      "Check the image's spacing: is it in mm?")
    expect(
      try nnx.run(predict + ["--max-memory", "4G", "--allow", "units"]), 71, "error[memory]",
      "is it in mm?")
    expect(try nnx.run(predict + ["--dry-run"]), 0)
    let estimate = try nnx.run("estimate", "-m", "odd", "-i", image)
    expect(estimate, 0)
    #expect(estimate.output.contains("40 x 40 x 40"), "\(estimate.output)")
    #expect(try folder.contents().sorted() == ["impossible.nii", "um.nii"])
  }

  @Test func anyWindowIsDrawn() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let image = try folder.write(
      "hot.nii", NIfTIBytes.float32(shape: [5, 6, 7]) { Float($0 % 7 + 1) * 2e19 })
    let labels = try folder.write(
      "seg.nii", NIfTIBytes.float32(shape: [5, 6, 7]) { $0 % 3 == 0 ? 1 : 0 })
    for options in [
      [], ["--window", "1e20:0"], ["--window", "400:1e19"], ["--layout", "mosaic"],
    ] {
      let picture = folder.path + "/p.png"
      expect(try nnx.run(["preview", image, labels, "-o", picture] + options), 0)
      #expect(try folder.read(picture).starts(with: [0x89, 0x50, 0x4E, 0x47]))
      try FileManager.default.removeItem(atPath: picture)
    }
  }

  @Test func listsAndNumbersOfFlagsAreChecked() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let folder = try TemporaryFolder()
    func predict(_ options: String...) throws -> Binary.Outcome {
      try nnx.run(
        ["predict", "-m", "demo-ct", "-i", demo, "-o", folder.path + "/o.nii.gz"] + options)
    }
    expect(try predict("--folds", ","), 64, "error[usage]: --folds ',' names nothing")
    expect(try predict("--folds", "0,0"), 64, "names one thing twice")
    expect(try predict("--folds", ""), 64, "--folds '' names nothing")
    expect(try predict("--configuration", ","), 64, "--configuration ',' names nothing")
    expect(try nnx.run("estimate", "-m", ",", "-i", demo), 64, "--model ',' names nothing")
    for threads in ["100000", "4097", "0"] {
      expect(try predict("--threads", threads), 64, "--threads must be a number from 1 to 4096")
    }
    for step in ["1e-12", "1e-300", "1e-9"] {
      expect(try predict("--step-size", step), 64, "moves the patch by less than a voxel")
    }
    expect(try predict("--step-size", "nan"), 64, "--step-size must be above 0")
    #expect(try folder.contents() == [])
  }

  @Test func whatFilesSayIsShownAndNotObeyed() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let header =
      "NRRD0004\ntype: float\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nendian: little\n"
    func write(_ name: String, _ text: String) throws -> String {
      try folder.write(name, Array(text.utf8) + [UInt8](repeating: 0, count: 32))
    }
    let kinds = try write("k.nrrd", header + "kinds: \u{1B}]0;x\u{7} domain domain\n\n")
    expect(try nnx.run("stats", kinds), 65, #"kinds: \x1B]0;x\x07"#)
    let line = try write("l.nrrd", header + "\u{1B}[7mkinds\n\n")
    expect(try nnx.run("stats", line), 65, #"'\x1B[7mkinds'"#)
    let long = String(repeating: "a", count: 2000)
    let data = try write(
      "e.mhd",
      "ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_FLOAT\nElementDataFile = \u{1B}]0;\(long)\n"
    )
    let named = try nnx.run("stats", data)
    expect(named, 65, #"\x1B]0;aaa"#)
    #expect(named.errors.count < 800, "\(named.errors.count)")
    expect(try nnx.run("stats", "\u{1B}[31mx\u{9B}.nii"), 66, #"\x1B[31mx\x9B.nii"#)
    expect(try nnx.run("predict", "-m", "\u{1B}[31mx", "-i", demo, "-o", "o.nii.gz"), 66)
    let json = try nnx.run("stats", kinds, "--json")
    expect(json, 65)
    #expect(json.output.contains(#"\\x1B]0;x\\x07"#), "\(json.output)")
  }

  @Test func namesOfModelsAndLabelsAreShownAndNotObeyed() throws {
    let nnx = Binary()
    let source = try Fixtures.unzip("reference/v2/odd_sizes/model.zip")
    for file in try source.contents() where file.hasSuffix("dataset.json") {
      let text = String(decoding: try source.read("\(source.path)/\(file)"), as: UTF8.self)
      let label = try #require(text.range(of: #""background""#))
      var changed = text
      changed.insert(contentsOf: #""\u001b]0;x\u0007\u202e": 1, "#, at: label.lowerBound)
      try source.write(
        file, Array(changed.replacingOccurrences(of: "\"CT\"", with: #""\u009b7mCT""#).utf8))
    }
    try #require(try nnx.run("install", source.path, "--name", "odd", "-q").status == 0)
    for options in [["info", "odd"], ["info", "odd", "--inputs"], ["inspect", source.path]] {
      expect(try nnx.run(options), 0)
      expect(try nnx.run(options + ["--json"]), 0)
    }
  }

  @Test func tensorsThatNoFileHoldsAreCountedOrRefused() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    func inspect(_ entries: String) throws -> Binary.Outcome {
      let header = Array("{\(entries)}".utf8)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
      return try nnx.run("inspect", folder.write("a.safetensors", length + header), "--all")
    }
    func tensor(_ name: String, _ shape: [Int], _ end: Int) -> String {
      #""\#(name)": {"dtype": "F16", "shape": \#(shape), "data_offsets": [0, \#(end)]}"#
    }
    let large = try inspect(
      (0..<3).map { tensor("t\($0)", [1 << 62], .max) }.joined(separator: ", "))
    expect(large, 0)
    #expect(large.output.contains("3 tensors"), "\(large.output)")
    for shape in [[Int](repeating: 2, count: 64), [-1, 2]] {
      expect(try inspect(tensor("t", shape, 0)), 65, "the entry of 't' is damaged")
    }
  }

  @Test func aModelWithADamagedReceiptIsNamedVerifiedAndRemoved() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    try installed("plain_ct", as: "other", nnx)
    let home = try nnx.home.get()
    let receipt = try #require(
      try home.contents().first { $0.contains("models/other/") && $0.hasSuffix("/receipt.json") })
    try home.write(receipt, Array("{".utf8))
    let list = try nnx.run("list")
    expect(list, 0, "warning: ", "nnx install --force other")
    #expect(!list.errors.contains("error["))
    #expect(list.output.contains("2 models"), "\(list.output)")
    let row = list.output.split(separator: "\n").first { $0.hasPrefix("other ") }
    #expect(row?.hasSuffix("damaged") == true, "\(list.output)")
    #expect(try nnx.run("list", "-q").output == "demo-ct\nother\n")
    for options in [["verify"], ["verify", "other"], ["verify", "--repair", "other"]] {
      expect(try nnx.run(options), 1, "nnx install --force other")
    }
    expect(try nnx.run("verify", "demo-ct"), 0)
    expect(try nnx.run("uninstall", "other"), 0)
    #expect(try nnx.run("list", "-q").output == "demo-ct\n")
    #expect(try !home.contents().contains { $0.contains("models/other") })
  }

  @Test func sizesThatCannotBeAddedUpAreDamage() throws {
    let nnx = Binary()
    try installed("plain_ct", as: "other", nnx)
    let home = try nnx.home.get()
    let receipt = try #require(try home.contents().first { $0.hasSuffix("/receipt.json") })
    let text = String(decoding: try home.read(home.path + "/" + receipt), as: UTF8.self)
    try home.write(
      receipt, Array(text.replacing(/"size": \d+/, with: "\"size\": \(Int.max)").utf8))
    expect(try nnx.run("list"), 0, "warning: ")
  }

  /// Takes the names out of a catalogue, then runs what follows.
  private static let nameless = """
    import sqlite3, subprocess, sys
    for change in ("PRAGMA writable_schema = ON", "UPDATE sqlite_master SET sql = "
                   "replace(sql, 'NOT NULL', '') WHERE name = 'model'"), ("UPDATE model SET name = NULL",):
        data = sqlite3.connect(sys.argv[1])
        for line in change:
            data.execute(line)
        data.commit()
        data.close()
    sys.exit(subprocess.call(sys.argv[2:]))
    """

  @Test func aCatalogueWithoutNamesIsMadeAnew() throws {
    let nnx = Binary()
    try installed("plain_ct", as: "other", nnx)
    let catalogue = try nnx.home.get().path + "/catalogue.sqlite"
    let wrapper = ["/usr/bin/python3", "-c", Self.nameless, catalogue]
    expect(try nnx.run(["uninstall", "other"], under: wrapper), 0)
    #expect(try nnx.run("list", "-q").output == "")
  }

  @Test func onlyADamagedModelIsStillAModel() throws {
    let nnx = Binary()
    try installed("plain_ct", as: "other", nnx)
    let home = try nnx.home.get()
    let receipt = try #require(try home.contents().first { $0.hasSuffix("/receipt.json") })
    try home.write(receipt, Array("{\"schema\": 1}".utf8))
    let list = try nnx.run("list")
    #expect(!list.output.contains("No model is installed"), "\(list.output)")
    #expect(list.output.contains("damaged"))
  }

  @Test func aModelThatOnlyNNUNetCanRunIsAWarning() throws {
    let nnx = Binary()
    let source = try Fixtures.unzip("reference/v2/plain_ct/model.zip")
    for file in try source.contents() where file.hasSuffix("plans.json") {
      let text = String(decoding: try source.read("\(source.path)/\(file)"), as: UTF8.self)
      try source.write(
        file, Array(text.replacingOccurrences(of: "unet.PlainConvUNet", with: "primus.Primus").utf8)
      )
    }
    let outcome = try nnx.run("install", source.path, "--name", "primus")
    expect(outcome, 0, "warning: cannot run 'Primus'")
    #expect(!outcome.errors.contains("error["), "\(outcome.errors)")
    let json = try nnx.run("install", source.path, "--name", "again", "--json")
    expect(json, 0)
    #expect(json.output.contains("\"code\": \"unsupported-network\""), "\(json.output)")
  }

  @Test func plansOfAbsurdNumbersAreRefusedAtInstall() throws {
    let changes = [
      ("\"spacing\":", "\"spacing\": [1e-300, 1e-300, 1e-300], \"was\":"),
      ("\"patch_size\":", "\"patch_size\": [16384, 16384, 16384], \"was\":"),
    ]
    for (key, other) in changes {
      let nnx = Binary()
      let source = try Fixtures.unzip("reference/v2/odd_sizes/model.zip")
      for file in try source.contents() where file.hasSuffix("plans.json") {
        let text = String(decoding: try source.read("\(source.path)/\(file)"), as: UTF8.self)
        try #require(text.contains(key))
        try source.write(file, Array(text.replacingOccurrences(of: key, with: other).utf8))
      }
      expect(try nnx.run("install", source.path, "--name", "absurd"), 65, "error[invalid-model]")
      #expect(try nnx.run("list", "-q").output == "")
    }
  }
}
