import Glibc
import NNXSystem

/// Where answers go: stdout holds the answer and nothing else, stderr everything else.
struct Output {
  let isJSON: Bool
  let isQuiet: Bool
  /// `warn`, `info` or `debug`: how much is told on stderr.
  var level = "warn"

  /// Lines of an answer, unless JSON was asked for.
  func text(_ lines: [String]) {
    guard !isJSON else { return }
    writeToStdout(lines.map { $0 + "\n" }.joined())
  }

  func text(_ line: String) { text([line]) }

  /// A remark for people that is not part of the answer.
  func note(_ line: String) {
    guard !isJSON, !isQuiet else { return }
    writeToStderr(line + "\n")
  }

  /// What is worth knowing only for those who ask with `-v`.
  func detail(_ line: @autoclosure () -> String) {
    guard level != "warn" else { return }
    writeToStderr(line() + "\n")
  }

  /// A problem that does not stop the command.
  func note(_ problem: NNXError) {
    for line in ErrorText.lines(problem) { note(line) }
  }

  /// The one object that a program reads: an envelope with schema, version and data.
  func json(_ verb: String, _ data: @autoclosure () -> OrderedJSON, warnings: [Warning] = []) {
    guard isJSON else { return }
    let envelope: OrderedJSON = [
      "schema": .string("nnx.\(verb)/1"), "nnx": .string(Version.current), "ok": true,
      "data": data(), "warnings": .array(warnings.map(\.json)),
    ]
    writeToStdout(envelope.text(pretty: true) + "\n")
  }

  /// The envelope of an answer that there is, and that is an error all the same.
  func failure(_ verb: String, _ error: NNXError, _ data: OrderedJSON) {
    guard isJSON else { return }
    let members = ErrorText.json(error, verb: verb).members ?? []
    writeToStdout(OrderedJSON.object(members + [.init("data", data)]).text(pretty: true) + "\n")
  }

  struct Warning {
    let code: String
    let message: String

    var json: OrderedJSON { ["code": .string(code), "message": .string(message)] }
  }
}

func writeToStdout(_ text: String) { write(text, to: STDOUT_FILENO) }
func writeToStderr(_ text: String) { write(text, to: STDERR_FILENO) }

/// Writes a text, all of it.
func write(_ text: String, to descriptor: Int32) {
  var rest = ArraySlice(text.utf8)
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return }
    rest = rest.dropFirst(written)
  }
}
