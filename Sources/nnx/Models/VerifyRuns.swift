import ArgumentParser
import NNXImage
import NNXStore
import NNXSystem

/// What `nnx verify` says of segmentations: whether they are what their records say.
struct VerifyRuns {
  let context: Context

  /// Whether an argument means a segmentation or its record, and no model.
  static func isRun(_ argument: String) -> Bool {
    argument.hasSuffix(".json")
      || (ImageFormat.ending(of: argument) ?? ImageFormat.dicomEnding(of: argument)) != nil
  }

  /// Path of the record that lies beside a segmentation.
  static func record(of path: String) -> String {
    path.hasSuffix(".json") ? path : ResultFile.record.path(of: path)
  }

  /// - Throws: what reading a record throws; exit status 1 when something differs.
  func show(_ paths: [String], installed: [InstalledModel]) throws {
    let runs = try paths.map { path in
      try RunVerification(
        Self.record(of: path), segmentation: path.hasSuffix(".json") ? nil : path,
        installed: installed, recordPath: { ResultFile.record.path(of: $0) }, kind: Self.kind,
        seriesDigest: Self.seriesDigest)
    }
    let bad = runs.filter { !$0.isClean }
    if context.output.isQuiet {
      context.output.text(bad.map(\.record))
    } else {
      for (index, run) in runs.enumerated() {
        context.output.text((index > 0 ? [""] : []) + lines(run))
      }
    }
    context.output.json("verify", ["runs": runs.map(json)])
    if !bad.isEmpty { throw ExitCode(NNXError.ExitStatus.negative.rawValue) }
  }

  private static func seriesDigest(_ address: String) -> String? {
    guard (try? ImageFormat(path: address)) == .dicom else { return nil }
    return try? imageDigest(address)
  }

  private static func kind(_ path: String, _ segmentation: String) -> String {
    let masks = ResultFile.structures.path(of: segmentation)
    if lastComponent(parentFolder(path)) == lastComponent(masks) { return "structure" }
    let kind = ResultFile.allCases.first {
      lastComponent($0.path(of: segmentation)) == lastComponent(path)
    }
    return kind?.rawValue ?? "file"
  }

  private func lines(_ run: RunVerification) -> [String] {
    var table = Table(
      [
        .left("WHAT"), .left("WHICH", minimum: 20, keepsEnd: true), .left("STATE"),
        .left("SHA-256", rank: 0),
      ],
      in: context)
    for check in run.checks {
      table.add(
        [
          check.kind, check.item, Self.text(check),
          check.kind == "name" ? "" : String((check.got ?? "").prefix(12)),
        ],
        inks: [2: Self.ink(check)])
    }
    return table.lines
  }

  private static func ink(_ check: RunVerification.Check) -> Palette.Ink {
    switch check.state {
    case .ok: .good
    case .changed, .unreadable: .bad
    case .missing: text(check) == "MISSING" ? .bad : .faint
    case .unknown: .faint
    }
  }

  private static func text(_ check: RunVerification.Check) -> String {
    switch check.state {
    case .ok: "ok"
    case .changed: check.kind == "name" ? "IS OF \(check.expected ?? "")" : "DIFFERS"
    case .unreadable: "UNREADABLE"
    case .unknown: "no digest"
    case .missing:
      switch check.kind {
      case "model": "not installed"
      case "output", "weights": "MISSING"
      default: "not here"
      }
    }
  }

  private func json(_ run: RunVerification) -> Members {
    [
      "record": run.record, "state": run.isClean ? "ok" : "damaged",
      "checks": run.checks.map {
        [
          "kind": $0.kind, "item": $0.item, "state": $0.state.rawValue, "expected": $0.expected,
          "got": $0.got,
        ] as Members
      },
    ]
  }
}
