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
      reported = UsageText(NNX.fullMessage(for: error, columns: 80)).error
    } else {
      // Help, version, or a status alone after everything has been said.
      let text = NNX.fullMessage(for: error, columns: 80)
      if NNX.exitCode(for: error) == .success, text.hasPrefix("OVERVIEW"), words.verb != nil {
        writeToStdout(
          HelpText.lines(text, of: words.schemaName).joined(separator: "\n") + "\n")
        NNX.exit()
      }
      NNX.exit(withError: error)
    }
    if words.wantsJSON {
      let envelope = ErrorText.json(reported, verb: words.schemaName)
      writeToStdout(OrderedJSON(encoding: envelope).text(pretty: true) + "\n")
    } else {
      words.remarks.write(reported)
    }
    NNX.exit(withError: ExitCode(reported.code.status.rawValue))
  }
}
