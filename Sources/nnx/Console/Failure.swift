import ArgumentParser
import NNXSystem

/// The end of a command that did not do what it was asked for.
enum Failure {
  /// Tells people or programs what happened, and ends the process with the status that fits.
  static func report(_ error: any Error, _ words: CommandWords) -> Never {
    let reported: NNXError
    if let error = error as? NNXError {
      reported = error
    } else if NNX.exitCode(for: error) == .validationFailure {
      reported = usage(NNX.fullMessage(for: error, columns: 80))
    } else {
      // Help, version, or a status alone after everything has been said.
      NNX.exit(withError: error)
    }
    if words.wantsJSON {
      writeToStdout(ErrorText.json(reported, verb: words.schemaName).text(pretty: true) + "\n")
    } else {
      writeToStderr(ErrorText.lines(reported).map { $0 + "\n" }.joined())
    }
    NNX.exit(withError: ExitCode(reported.code.status.rawValue))
  }

  /// What the parser says, as an error like all others.
  private static func usage(_ text: String) -> NNXError {
    var lines = text.split(separator: "\n").map { line in
      String(line.drop { $0 == " " })
    }
    var message = lines.isEmpty ? "wrong usage" : lines.removeFirst()
    if message.hasPrefix("Error: ") { message.removeFirst("Error: ".count) }
    message = message.prefix(1).lowercased() + message.dropFirst()
    return NNXError(
      .usage, message, details: lines.filter { !$0.hasPrefix("See ") },
      fixes: lines.filter { $0.hasPrefix("See ") })
  }
}
