import Foundation
import NNXSystem
import TestSupport
import Testing

/// `nnx gather` beside a run: what to type next, and looking on.
@Suite struct GatherWatchTests {
  /// The command that the last line of a view names, with the path of the program for its name.
  private func next(_ outcome: Binary.Outcome) throws -> String {
    let line = try #require(outcome.output.split(separator: "\n").last)
    let mark = try #require(line.range(of: ":  "))
    let command = String(line[mark.upperBound...])
    #expect(command.contains("nnx predict"))
    return command.replacing("nnx predict", with: "\(ShellText.word(Binary.path)) predict")
  }

  /// Names with blanks, quotes and umlauts, typed in another folder: the command runs as it stands, with the settings
  /// of whoever began, so that what is done stays done.
  @Test func theNextCommandRunsAsItStands() throws {
    let cohort = try CohortFixture(scans: ["it's ü/p 1.nii.gz", "it's ü/p2.nii.gz"])
    try cohort.folder.write("it's ü/p3.nii.gz", Array("no image".utf8))
    let begun = try cohort.predict("-i", "it's ü", "-o", "$out ß", "--claim", "-q")
    #expect(begun.status == 65, "\(begun.errors)")
    try cohort.folder.write("it's ü/p3.nii.gz", cohort.scan)
    let before = try cohort.digest("$out ß/p 1.nii.gz")
    for folder in [cohort.folder.path, "/"] {
      let view = try cohort.nnx.run(["gather", cohort.folder.path + "/$out ß"], folder: folder)
      #expect(
        view.status == 0 && view.output.hasPrefix("2 of 3 done, 1 failed\n"), "\(view.errors)")
      let command = try next(view)
      #expect(command.hasPrefix("cd ") == (folder == "/") && command.contains("--no-tta"))
      guard folder == "/" else { continue }
      let run = try cohort.nnx.run(
        ["x"], folder: folder, under: ["/bin/sh", "-c", command])
      #expect(run.status == 0, "\(command)\n\(run.errors)")
    }
    #expect(try cohort.digest("$out ß/p 1.nii.gz") == before)
    let after = try cohort.nnx.run(["gather", "$out ß"], folder: cohort.folder.path)
    #expect(
      after.output.hasPrefix("3 of 3 done\n\nall is done:  nnx gather '$out ß' -o report.html"))
  }

  /// What failed for good is the end of a watch, with 65; no line is wider than the terminal, nor the view higher.
  @Test func watchingEndsWithWhatIsLeft() throws {
    let cohort = try CohortFixture(scans: [])
    for number in 1...20 {
      try cohort.folder.write("c/a-very-long-name-of-a-case-\(number).nii.gz", Array("none".utf8))
    }
    #expect(try cohort.predict("-i", "c", "-o", "out", "--claim", "-q").status == 65)
    let plain = try cohort.nnx.run(["gather", "out", "--watch"], folder: cohort.folder.path)
    #expect(plain.status == 65 && plain.output.hasPrefix("0 of 20 done, 20 failed\n"))
    let seen = try cohort.nnx.run(
      ["gather", "out", "--watch"], folder: cohort.folder.path,
      under: PseudoTerminal.wrapper(rows: 12))
    #expect(seen.status == 65)
    let lines = seen.output.components(separatedBy: "\r\n").map {
      $0.replacing("\u{1B}[K", with: "").replacing("\u{1B}[J", with: "")
        .replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
    }
    #expect(lines.count <= 12, "\(lines)")
    #expect(lines.dropLast(2).allSatisfy { $0.count <= 80 }, "\(lines)")
    #expect(lines.contains { $0.contains("--retry-failed") })
  }

  /// Ctrl-C ends it as a signal does, and leaves the last view.
  @Test func watchingEndsOnControlC() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz"])
    #expect(try cohort.predict("-i", "c", "-o", "out", "-q").status == 0)
    try cohort.remove("out/p2.nii.gz", "out/p2.nnx.json")
    let seen = try cohort.nnx.run(
      ["gather", "out", "--watch"], folder: cohort.folder.path,
      under: PseudoTerminal.wrapper(rows: 12, interruptAfter: 9))
    #expect(seen.status == 130, "\(seen.output)")
    #expect(seen.output.count(of: "1 of 2 done, 1 missing") == 2, "\(seen.output)")
    // The second is drawn over the first.
    #expect(seen.output.contains("A\r1 of 2 done"), "\(seen.output)")
  }
}
