import Glibc

/// What is known of the terminal behind one of the standard streams.
struct Terminal {
  /// Whether a person may be watching.
  let isInteractive: Bool
  /// Columns; 80 when unknown.
  let width: Int

  /// - Parameters:
  ///   - descriptor: 1 for stdout, 2 for stderr.
  ///   - environment: `COLUMNS` and `TERM` are honoured.
  init(descriptor: Int32, environment: [String: String]) {
    isInteractive = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    var size = winsize()
    let known = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = environment["COLUMNS"].flatMap { Int($0) } ?? (known ? Int(size.ws_col) : 80)
  }
}

extension Terminal {
  /// Whether text to this stream may be coloured.
  ///
  /// `NO_COLOR` (no-color.org) and `--no-color` win over `CLICOLOR_FORCE` (bixense.com/clicolors),
  /// which wins over what the stream is.
  func usesColor(environment: [String: String], isForbidden: Bool = false) -> Bool {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    if isForbidden || isSet("NO_COLOR") { return false }
    if isSet("CLICOLOR_FORCE"), environment["CLICOLOR_FORCE"] != "0" { return true }
    return isInteractive
  }

  /// Whether a person can be asked: keyboard and stderr are terminals.
  static func canAsk(_ environment: [String: String]) -> Bool {
    isatty(0) == 1 && Terminal(descriptor: 2, environment: environment).isInteractive
  }
}

/// The environment of the process.
func processEnvironment() -> [String: String] {
  var result: [String: String] = [:]
  var next = unsafe environ
  while let entry = unsafe next.pointee {
    let text = unsafe String(cString: entry)
    if let equals = text.firstIndex(of: "=") {
      result[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    unsafe next += 1
  }
  return result
}
