import Foundation
import TestSupport
import Testing

/// What nnx writes for programs and for itself, byte for byte, as kept in `Tests/Fixtures/documents`.
///
/// `NNX_UPDATE_SNAPSHOTS=1` writes the fixtures anew. What depends on the machine or the hour is masked.
@Suite struct DocumentBytesTests {
  @Test func documentsKeepTheirBytes() throws {
    let shelf = try DocumentBytesTests.shelf()
    let model = "\(shelf.home)/nnx/models/demo-ct/2026.11.23"
    let lock = "\(shelf.home)/nnx.lock"
    #expect(try shelf.run("lock", "-f", lock).status == 0)
    for (name, path) in [
      ("receipt", "\(model)/receipt.json"), ("model", "\(model)/model.json"),
      ("card", "\(model)/card.json"), ("lock", lock),
    ] {
      try expect(String(contentsOfFile: path, encoding: .utf8), name, shelf)
    }
  }

  @Test func runRecordsKeepTheirBytes() throws {
    let shelf = try DocumentBytesTests.shelf()
    let image = "\(shelf.home)/nnx/samples/phantom_0000.nii.gz"
    let output = "\(shelf.home)/seg.nii.gz"
    let run = try shelf.run(
      "predict", "-m", "demo-ct", "-i", image, "-o", output, "--no-tta", "--json")
    #expect(run.status == 0, "\(run.errors)")
    try expect(run.output, "predict", shelf)
    let record = "\(shelf.home)/seg.nnx.json"
    try expect(String(contentsOfFile: record, encoding: .utf8), "run", shelf)
    for (name, arguments) in [
      ("stats", ["stats", output]), ("diff", ["diff", output, output]),
      ("labels-of-file", ["labels", output]), ("verify-run", ["verify", record]),
    ] {
      try expect(shelf.run(arguments + ["--json"]).output, name, shelf)
    }
  }

  @Test func answersKeepTheirBytes() throws {
    let shelf = try DocumentBytesTests.shelf()
    let archive = "\(shelf.home)/registry/Models/demo-ct.zip"
    for (name, arguments) in [
      ("list", ["list"]), ("info", ["info", "demo-ct"]), ("info-entry", ["info", "liver2-ct"]),
      ("search", ["search", "prostate"]), ("why", ["why", "demo-ct"]), ("cache", ["cache"]),
      ("path", ["path", "demo-ct"]), ("labels", ["labels", "demo-ct"]),
      ("verify", ["verify", "demo-ct"]), ("inspect", ["inspect", archive]),
      ("install-plan", ["install", "liver2-ct", "--dry-run", "--offline"]),
      ("install", ["install", "demo-ct"]), ("outdated", ["outdated"]),
      ("registry-list", ["registry", "list"]), ("cite", ["cite", "demo-ct"]),
      ("pack-plan", ["pack", "demo-ct", "-o", "\(shelf.home)/a.nnxpack", "--dry-run"]),
      ("unknown", ["info", "liver-tumour"]),
    ] {
      try expect(shelf.run(arguments + ["--json"]).output, "answer-\(name)", shelf)
    }
  }

  private static func shelf() throws -> Shelf {
    let shelf = try Shelf()
    let outcome = try shelf.run("install", "demo-ct", "-q")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return shelf
  }

  private static let masked = [
    "installed", "installedAt", "used", "started", "host", "kernels", "threads", "command",
    "folder", "voxels", "ml", "peakBytes", "seconds", "bytesFree", "error", "nnx-seal",
  ]

  private func expect(_ text: String, _ name: String, _ shelf: Shelf) throws {
    // The place of nnx in `command`, and times of the parts of a run, lie between braces of their own.
    var isTimes = false
    let lines = text.replacingOccurrences(of: shelf.home, with: "HOME")
      .split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
        guard let colon = line.range(of: "\": ") else {
          if line.hasPrefix("  }") { isTimes = false }
          return String(line)
        }
        let key = line[..<colon.lowerBound].drop { $0 == " " || $0 == "\"" }
        if line.hasSuffix("\"seconds\": {") {
          isTimes = true
          return String(line)
        }
        let isOpen = line.hasSuffix("{") || line.hasSuffix("[")
        guard !isOpen, isTimes || DocumentBytesTests.masked.contains(String(key)) else {
          return String(line)
        }
        return line[..<colon.upperBound] + (line.hasSuffix(",") ? "*," : "*")
      }
    let path = "\(Fixtures.folder)/documents/\(name).json"
    let shown = lines.joined(separator: "\n")
    if ProcessInfo.processInfo.environment["NNX_UPDATE_SNAPSHOTS"] != nil {
      try Data(shown.utf8).write(to: URL(fileURLWithPath: path))
    }
    let kept = try? String(contentsOfFile: path, encoding: .utf8)
    #expect(shown == kept, "\(name).json")
  }
}
