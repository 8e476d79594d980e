import Glibc
import NNXSystem

/// Where answers go: stdout holds the answer and nothing else, stderr everything else.
struct Output {
  let isJSON: Bool
  let isQuiet: Bool
  /// `warn`, `info` or `debug`: how much is told on stderr.
  let level: String
  private let palette: Palette
  private let remarks: RemarkWriter

  /// - Parameter palette: of answers.
  init(isJSON: Bool, isQuiet: Bool, level: String, palette: Palette, remarks: RemarkWriter) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
    self.level = level
    self.palette = palette
    self.remarks = remarks
  }

  /// Lines of an answer, unless JSON was asked for. A line stays one, whatever the names in it hold.
  func text(_ lines: [String]) { drawn(lines.map(palette.printable)) }

  func text(_ line: String) { text([line]) }

  /// Lines of a table for other programs, with the tabs between its columns.
  func columns(_ lines: [String]) {
    drawn(
      lines.map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false)
          .map { String($0).printableLine }.joined(separator: "\t")
      })
  }

  /// Lines that nnx itself drew, in pictures or colours: what they quote was made printable before.
  func drawn(_ lines: [String]) {
    guard !isJSON else { return }
    writeToStdout(lines.map { $0 + "\n" }.joined())
  }

  /// A remark for people that is not part of the answer.
  func note(_ line: String) {
    guard !isJSON, !isQuiet else { return }
    remarks.write([line])
  }

  /// A question that the answer stands behind.
  func ask(_ question: String) {
    let lines = question.split(separator: "\n").flatMap { remarks.lines(String($0)) }
    writeToStderr(lines.joined(separator: "\n") + " ")
  }

  /// What is worth knowing only for those who ask with `-v`.
  func detail(_ line: @autoclosure () -> String) {
    guard level != "warn" else { return }
    remarks.write([line()])
  }

  /// A line on something that went wrong; never silent.
  func problem(_ line: String) { remarks.write([line]) }

  /// An error that the command goes on after, or has more to say about; never silent.
  func error(_ error: NNXError) { remarks.write(error) }

  /// A problem that the command works around.
  func warn(_ problem: NNXError) { ErrorText.warning(problem).forEach(note) }

  /// The one object that a program reads: an envelope with schema, version and data.
  ///
  /// - Parameter data: in the order of its members.
  func json(_ verb: String, _ data: @autoclosure () -> Members, warnings: [Warning] = []) {
    guard isJSON else { return }
    write([
      "schema": "nnx.\(verb)/1", "nnx": Version.current, "ok": true, "data": data(),
      "warnings": warnings + ReadingNotes.warnings,
    ])
  }

  /// An answer: the object for programs, what `-q` asks for, or lines for people.
  func answer(
    _ verb: String, _ data: @autoclosure () -> Members, quiet: @autoclosure () -> [String],
    text: @autoclosure () -> [String]
  ) {
    if isJSON { json(verb, data()) } else { self.text(isQuiet ? quiet() : text()) }
  }

  /// The envelope of an answer that there is, and that is an error all the same.
  func failure(_ verb: String, _ error: NNXError, _ data: Members) {
    guard isJSON else { return }
    write(ErrorText.json(error, verb: verb) + ["data": data])
  }

  private func write(_ envelope: Members) {
    writeToStdout(OrderedJSON(encoding: envelope).text(pretty: true) + "\n")
  }

  struct Warning: Encodable {
    let code: String
    let message: String

    init(code: String, message: String) {
      self.code = code
      self.message = message
    }

    init(_ problem: NNXError) { self.init(code: problem.code.name, message: problem.message) }
  }
}

func writeToStdout(_ text: String) { write(text, to: STDOUT_FILENO) }
func writeToStderr(_ text: String) { write(text, to: STDERR_FILENO) }

/// Writes a text, all of it.
func write(_ text: String, to descriptor: Int32) {
  guard !Array(text.utf8).withRawSpan({ SystemCall.write(descriptor, $0) }) else { return }
  // An answer that is cut off is none; whoever does not read on needs no word.
  guard descriptor == STDOUT_FILENO, errno != EPIPE else { return }
  var error = NNXError.system("cannot write", "the answer to standard output")
  // Which disk that is, whoever sent it there knows.
  error.fixes = ["The answer is cut off: make room where it goes to, and run it again"]
  writeToStderr(ErrorText.lines(error).map { $0 + "\n" }.joined())
  Interruption.leave(with: error.code.status)
}
