import NNXSystem

/// Errors as people and as programs read them.
enum ErrorText {
  /// `error[code]: message`, then facts and ways out, indented by two.
  static func lines(_ error: NNXError) -> [String] {
    ["error[\(error.code.name)]: \(error.message)"]
      + (error.details + error.fixes).map { "  " + $0 }
  }

  /// The envelope of a verb that failed.
  static func json(_ error: NNXError, verb: String) -> OrderedJSON {
    [
      "schema": .string("nnx.\(verb)/1"), "nnx": .string(Version.current), "ok": false,
      "error": [
        "code": .string(error.code.name), "exit": .int(Int(error.code.status.rawValue)),
        "message": .string(error.message), "fix": OrderedJSON(error.fixes),
        "retry": .bool([.unavailable, .retry].contains(error.code.status)),
        "details": OrderedJSON(error.details),
      ],
    ]
  }
}
