import NNXSystem

/// Errors as people and as programs read them.
enum ErrorText {
  /// What a line may quote before it is cut: a path of any sensible length fits.
  private static let longest = 400

  /// `error[code]: message`, then facts and ways out, indented by two.
  static func lines(_ error: NNXError) -> [String] {
    lines(error, "error[\(error.code.name)]")
  }

  /// `warning: message`, and the same below, for what the command works around.
  static func warning(_ error: NNXError) -> [String] { lines(error, "warning") }

  private static func lines(_ error: NNXError, _ word: String) -> [String] {
    let error = shown(error)
    return ["\(word): \(error.message)"] + (error.details + error.fixes).map { "  " + $0 }
  }

  /// Without what a file or an argument could make a terminal do, and without their lengths.
  private static func shown(_ error: NNXError) -> NNXError {
    func line(_ text: String) -> String { text.printableLine.cut(to: longest) }
    return NNXError(
      error.code, line(error.message), details: error.details.map(line),
      fixes: error.fixes.map(\.printableLine))
  }

  /// The envelope of a verb that failed.
  static func json(_ error: NNXError, verb: String) -> Members {
    let error = shown(error)
    return [
      "schema": "nnx.\(verb)/1", "nnx": Version.current, "ok": false,
      "error": [
        "code": error.code.name, "exit": Int(error.code.status.rawValue), "message": error.message,
        "fix": error.fixes, "retry": [.unavailable, .retry].contains(error.code.status),
        "details": error.details,
      ] as Members,
    ]
  }
}
