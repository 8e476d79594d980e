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
