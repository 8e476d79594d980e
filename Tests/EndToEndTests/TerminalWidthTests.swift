import Foundation
import TestSupport
import Testing

/// What verbs show at a terminal of 80 columns: no line is broken inside a word.
@Suite struct TerminalWidthTests {
  private func show(_ nnx: Binary, _ words: [String], folder: String) throws -> String {
    try nnx.run(
      words, folder: folder, under: PseudoTerminal.wrapper()
    ).output.replacingOccurrences(of: "\r\n", with: "\n")
  }

  /// Lines as they stand on the screen: without escape sequences, and of a bar its last state.
  private func lines(_ text: String) -> [String] {
    var plain = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "\u{1B}") {
      plain += rest[..<start]
      rest = rest[start...].drop { !$0.isLetter }.dropFirst()
    }
    return (plain + rest).split(separator: "\n").map {
      String($0.split(separator: "\r").last ?? "")
    }
  }

  @Test func everyVerbKeepsToTheTerminal() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"
    try FileManager.default.copyItem(atPath: phantom, toPath: folder.path + "/scan.nii.gz")
    let many = Fixtures.folder + "/reference/v2/forty_classes_with_gaps/model.zip"
    let commands: [[String]] = [
      ["install", "demo-ct"], ["install", many, "--name", "a-model-with-a-rather-long-name"],
      ["list"], ["list", "-a"], ["list", "-a", "--commercial"], ["search", "liver"],
      ["info", "demo-ct"], ["info", "lung2-ct", "labels"], ["verify"], ["verify", "--deep"],
      ["cache"], ["doctor"], ["labels", "lung-ct"], ["config"], ["registry", "list"],
      ["registry", "show"], ["why", "demo-ct"], ["outdated"], ["upgrade"], ["use", "demo-ct"],
      ["estimate", "demo-ct", "scan.nii.gz"],
      ["predict", "demo-ct", "scan.nii.gz", "--no-tta", "-o", "seg.nii.gz"],
      ["verify", "seg.nii.gz"], ["view", "scan.nii.gz", "seg.nii.gz"], ["man", "predict"],
      ["explain", "units"], ["explain"], ["lock"], ["uninstall", "nothing-of-the-kind"],
      ["predict"], ["predict", "scan.nii.gz"], ["predict", "demo-ct", "scan.nii.gz", "-f", "0"],
      ["inspect", "demo-ct"], ["inspect", "scan.nii.gz"], ["convert", "scan.nii.gz", "-o", "x"],
      ["--help"], ["predict", "--help"],
    ]
    for command in commands {
      let text = try show(nnx, command, folder: folder.path)
      let shown = lines(text)
      #expect(!shown.isEmpty, "\(command)")
      for line in shown where line.count > 80 {
        // Paths and commands to copy stay whole.
        let isWhole =
          line.split(separator: " ").contains { $0.count > 56 }
          || line.split(separator: " ").first.map { ["nnx", "export"].contains($0) } ?? false
        #expect(isWhole, "\(command): \(line.count) columns: \(line)")
      }
    }
  }

  /// Left and right of a name that is cut still differ.
  @Test func namesAreCutInTheirMiddle() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let name = "external part of the deep grey matter beside the capsule, as the atlas has it"
    let header = """
      NRRD0004
      type: unsigned char
      dimension: 3
      space: left-posterior-superior
      sizes: 2 1 1
      space directions: (1,0,0) (0,1,0) (0,0,1)
      space origin: (0,0,0)
      encoding: raw
      Segment0_LabelValue:=1
      Segment0_Layer:=0
      Segment0_Name:=\(name), left
      Segment1_LabelValue:=2
      Segment1_Layer:=0
      Segment1_Name:=\(name), right


      """
    try folder.write("s.seg.nrrd", Array(header.utf8) + [1, 2])
    for command in [["stats"], ["labels"], ["diff", "s.seg.nrrd"]] {
      let shown = lines(try show(nnx, command + ["s.seg.nrrd"], folder: folder.path))
      for side in ["left", "right"] {
        let line = shown.first { $0.contains(" \(side) ") }
        #expect(line?.contains("…") ?? false, "\(command) \(side): \(shown)")
        #expect(line?.count ?? 0 <= 80, "\(command) \(side): \(shown)")
      }
    }
  }

  @Test func coloursAreForTerminalsAlone() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let shown = try show(nnx, ["info", "nothing"], folder: folder.path)
    #expect(shown.contains("\u{1B}[1;31merror[unknown-model]\u{1B}[0m: "), "\(shown)")
    let swatch = try show(nnx, ["labels", "demo-ct"], folder: folder.path)
    #expect(swatch.contains("\u{1B}[38;2;221;130;101m\u{25A0}"), "\(swatch)")
    #expect(
      try !show(nnx, ["labels", "demo-ct", "--no-color"], folder: folder.path).contains("\u{1B}"))
    let plain: [([String], [String: String])] = [
      (["labels", "demo-ct"], [:]),
      (["labels", "demo-ct"], ["FORCE_COLOR": "1", "NO_COLOR": "1"]),
      (["labels", "demo-ct", "--json"], ["FORCE_COLOR": "1"]),
    ]
    for (words, variables) in plain {
      let outcome = try nnx.run(words, environment: variables)
      #expect(!outcome.output.contains("\u{1B}"), "\(words) \(variables)")
    }
    let forced = try nnx.run(["labels", "demo-ct"], environment: ["FORCE_COLOR": "1"])
    #expect(forced.output.contains("\u{1B}[38;5;173m\u{25A0}"), "\(forced.output)")
  }

  @Test func aPictureLeavesRoomForThePrompt() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"
    let text = try show(nnx, ["view", phantom, "--protocol", "half"], folder: folder.path)
    #expect(text.split(separator: "\n").count <= 23)
    #expect(text.contains("axial "))
  }
}
