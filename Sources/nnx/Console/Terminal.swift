import Glibc
import NNXSystem

/// What is known of the terminal behind one of the standard streams.
struct Terminal {
  /// Whether a person may be watching.
  let isInteractive: Bool
  /// Columns; 80 when unknown.
  let width: Int
  /// Rows; `nil` when unknown.
  let height: Int?

  /// - Parameters:
  ///   - descriptor: 1 for stdout, 2 for stderr.
  ///   - environment: `COLUMNS` and `TERM` are honoured.
  init(descriptor: Int32, environment: [String: String]) {
    isInteractive = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    var size = winsize()
    let known = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = environment["COLUMNS"].flatMap { Int($0) } ?? (known ? Int(size.ws_col) : 80)
    height =
      environment["LINES"].flatMap { Int($0) }
      ?? (known && size.ws_row > 0 ? Int(size.ws_row) : nil)
  }
}

extension Terminal {
  /// Whether text to this stream may be coloured.
  ///
  /// `NO_COLOR` (no-color.org) and `--no-color` win over `CLICOLOR_FORCE` (bixense.com/clicolors) and
  /// `FORCE_COLOR` (force-color.org), which win over what the stream is.
  func usesColor(environment: [String: String], isForbidden: Bool = false) -> Bool {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    if isForbidden || isSet("NO_COLOR") { return false }
    for name in ["CLICOLOR_FORCE", "FORCE_COLOR"] where isSet(name) {
      if environment[name] != "0" { return true }
    }
    if environment["CLICOLOR"] == "0" { return false }
    return isInteractive
  }

  /// Whether a person can be asked: keyboard and stderr are terminals.
  static func canAsk(_ environment: [String: String]) -> Bool {
    isatty(0) == 1 && Terminal(descriptor: 2, environment: environment).isInteractive
  }
}

extension Terminal {
  /// Whether the terminal draws pictures as kitty does, as far as variables tell.
  static func hasKittyGraphics(_ environment: [String: String]) -> Bool {
    environment["KITTY_WINDOW_ID"] != nil || environment["TERM"]?.contains("kitty") == true
      || ["WezTerm", "ghostty"].contains(environment["TERM_PROGRAM"])
  }

  /// Whether the terminal says that it draws sixels: attribute 4 of its primary device attributes (DA1 of
  /// the VT510 Programmer Information; `ESC [ c`, answered by `ESC [ ? 62 ; 4 c`).
  static var drawsSixels: Bool { deviceAttributes.contains(4) }

  /// The terminal's primary device attributes; none when it does not answer within 300 ms.
  private static var deviceAttributes: [Int] {
    let descriptor = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var kept = termios()
    // A process in the background would be stopped for changing the terminal.
    guard tcgetpgrp(descriptor) == getpgrp(), unsafe tcgetattr(descriptor, &kept) == 0 else {
      return []
    }
    var raw = kept
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard unsafe tcsetattr(descriptor, TCSANOW, &raw) == 0 else { return [] }
    defer { _ = unsafe tcsetattr(descriptor, TCSANOW, &kept) }
    write("\u{1B}[c", to: descriptor)
    let answer = reply(descriptor, until: UInt8(ascii: "c"), milliseconds: 300)
    return answer.split { !("0"..."9").contains($0) }.compactMap { Int($0) }
  }

  /// What a terminal sends, up to and with a byte; what there is when time is over.
  private static func reply(
    _ descriptor: Int32, until last: UInt8, milliseconds: Double
  ) -> String {
    let end = ProcessFacts.monotonicSeconds + milliseconds / 1000
    var bytes: [UInt8] = []
    while bytes.last != last, bytes.count < 256 {
      let rest = (end - ProcessFacts.monotonicSeconds) * 1000
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard rest > 0, unsafe poll(&waiting, 1, Int32(rest.rounded(.up))) > 0,
        unsafe read(descriptor, &byte, 1) == 1
      else { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
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
