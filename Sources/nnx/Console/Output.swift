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

  /// Lines of an answer, unless JSON was asked for.
  func text(_ lines: [String]) { drawn(lines.map(palette.printable)) }

  func text(_ line: String) { text([line]) }

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
    writeToStderr(remarks.lines(question).joined(separator: "\n") + " ")
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
  func json(_ verb: String, _ data: @autoclosure () -> OrderedJSON, warnings: [Warning] = []) {
    guard isJSON else { return }
    let envelope: OrderedJSON = [
      "schema": .string("nnx.\(verb)/1"), "nnx": .string(Version.current), "ok": true,
      "data": data(), "warnings": .array((warnings + ReadingNotes.warnings).map(\.json)),
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
  var rest = ArraySlice(text.utf8)
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else {
      // An answer that is cut off is none; whoever does not read on needs no word.
      guard descriptor == STDOUT_FILENO, errno != EPIPE else { return }
      let error = NNXError.system("cannot write", "the answer to standard output")
      writeToStderr(ErrorText.lines(error).map { $0 + "\n" }.joined())
      exit(error.code.status.rawValue)
    }
    rest = rest.dropFirst(written)
  }
}
