import Foundation
import TestSupport
import Testing

/// What a person sees of a cohort.
@Suite struct CohortTerminalTests {
  /// The lines that stay on the screen.
  private func screen(_ outcome: Binary.Outcome) -> [String] {
    outcome.output.components(separatedBy: "\r\n").map { line in
      let last = line.components(separatedBy: "\r").last ?? ""
      return last.replacing("\u{1B}[K", with: "")
    }
  }

  @Test func aCohortIsALineACaseAndASummary() throws {
    let cohort = try CohortFixture(scans: ["c/p1.nii.gz", "c/p2.nii.gz"])
    try cohort.folder.write("c/p3.nii.gz", Array("text".utf8))
    let outcome = try cohort.predict("-i", "c//", "-o", "out//", under: PseudoTerminal.wrapper())
    let lines = screen(outcome)
    let text = lines.joined(separator: "\n")
    #expect(outcome.status == 1, "\(text)")
    for name in ["p1", "p2"] {
      #expect(text.count(of: "out/\(name).nii.gz") == 1, "\(text)")
    }
    #expect(lines.contains { $0.hasPrefix("1/3  p1  ") && $0.hasSuffix("out/p1.nii.gz") })
    #expect(lines.contains { $0.hasPrefix("3/3  p3  error[broken-image]: c/p3.nii.gz") })
    #expect(lines.contains { $0.hasPrefix("2 done, 1 failed in out/   (") }, "\(text)")
    #expect(lines.contains { $0.hasPrefix("  p3: c/p3.nii.gz") })
    #expect(!text.contains("0:00 left") && !text.contains("100%"), "\(text)")
    #expect(outcome.output.contains("1/3 p1 ") && outcome.output.contains("patch "))
  }

  @Test func oneCaseIsATableAndItsBarsTellTheTime() throws {
    let cohort = try CohortFixture(scans: ["a.nii.gz"])
    let outcome = try cohort.predict(
      "-i", "a.nii.gz", "-o", "s.nii.gz", under: PseudoTerminal.wrapper())
    let lines = screen(outcome)
    let text = lines.joined(separator: "\n")
    #expect(outcome.status == 0, "\(text)")
    #expect(lines.contains { $0.hasPrefix("LABEL ") })
    #expect(text.count(of: "s.nii.gz") == 1, "\(text)")
    #expect(!text.contains("0:00 left"), "\(text)")
    #expect(lines.contains { $0.hasPrefix("Predicting") && $0.hasSuffix(" s") }, "\(text)")
  }
}
