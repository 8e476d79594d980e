import NNXImage
import NNXPredict
import NNXSystem

/// What became of a case of `nnx predict`.
enum CaseOutcome {
  case made(Predictor.Result)
  /// Done by an earlier run, and the same.
  case kept(FinishedCase)
  /// As `kept`, and no file changed since.
  case unchanged(CaseFiles)
  case failed(NNXError)

  /// The files of a case that is done.
  var files: CaseFiles? {
    switch self {
    case .made(let result): result.files
    case .kept(let finished): finished.files
    case .unchanged(let files): files
    case .failed: nil
    }
  }

  var isCorrected: Bool {
    guard case .kept(let finished) = self else { return false }
    return finished.isCorrected
  }

  var error: NNXError? {
    guard case .failed(let error) = self else { return nil }
    return error
  }

  /// - Parameter name: of the case.
  func json(_ name: String) -> Members {
    switch self {
    case .made(let result):
      [
        "case": name, "status": "done", "skipped": false, "output": result.segmentation,
        "record": result.record, "seconds": result.seconds, "uncertainty": result.uncertainty,
        "files": result.files.json, "labels": result.labels.map(\.json), "error": nil,
      ]
    case .kept(let finished):
      [
        "case": name, "status": "done", "skipped": true, "output": finished.files.segmentation,
        "record": finished.files.record, "seconds": 0.0,
        "uncertainty": finished.files[.uncertainty], "files": finished.files.json,
        "labels": finished.labels, "corrected": finished.isCorrected, "error": nil,
      ]
    case .unchanged(let files):
      [
        "case": name, "status": "done", "skipped": true, "output": files.segmentation,
        "record": files.record, "seconds": 0.0, "uncertainty": files[.uncertainty],
        "files": files.json,
        "labels": (try? OrderedJSON(contentsOf: files.record))?["labels"], "corrected": false,
        "error": nil,
      ]
    case .failed(let error):
      [
        "case": name, "status": "failed", "skipped": false, "output": nil,
        "error": ["code": error.code.name, "message": error.message] as Members,
      ]
    }
  }
}

extension CaseFiles {
  /// Paths of what lies beside the segmentation, by kind.
  fileprivate var json: Members { Members(companions.map { ($0.kind.rawValue, $0.path) }) }
}
