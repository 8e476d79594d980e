import NNXPredict
import NNXSystem

/// What became of a case of `nnx predict`.
enum CaseOutcome {
  case made(Predictor.Result)
  /// Done by an earlier run, and the same.
  case kept(FinishedCase)
  case failed(NNXError)

  /// The files of a case that is done.
  var files: CaseFiles? {
    switch self {
    case .made(let result): result.files
    case .kept(let finished): finished.files
    case .failed: nil
    }
  }

  var error: NNXError? {
    guard case .failed(let error) = self else { return nil }
    return error
  }

  /// - Parameter name: of the case.
  func json(_ name: String) -> OrderedJSON {
    switch self {
    case .made(let result):
      [
        "case": .string(name), "status": "done", "skipped": false,
        "output": .string(result.segmentation), "record": .string(result.record),
        "seconds": .double(result.seconds), "uncertainty": OrderedJSON(result.uncertainty),
        "labels": .array(result.labels.map(\.json)), "error": nil,
      ]
    case .kept(let finished):
      [
        "case": .string(name), "status": "done", "skipped": true,
        "output": .string(finished.files.segmentation), "record": .string(finished.files.record),
        "seconds": .double(0), "uncertainty": OrderedJSON(finished.files[.uncertainty]),
        "labels": finished.record["labels"] ?? .array([]), "error": nil,
      ]
    case .failed(let error):
      [
        "case": .string(name), "status": "failed", "skipped": false, "output": nil,
        "error": ["code": .string(error.code.name), "message": .string(error.message)],
      ]
    }
  }
}
