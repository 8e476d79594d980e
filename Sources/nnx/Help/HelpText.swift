/// The help of a command without the global options that do nothing there: the parser shows all of them
/// everywhere.
enum HelpText {
  /// Commands that read the registry or the store.
  private static let models: Set<String> = [
    "install", "list", "info", "uninstall", "verify", "path", "lock", "sync", "pack", "unpack",
    "mirror", "registry", "upgrade", "search", "outdated", "cite", "use", "why", "predict",
    "estimate", "labels", "cache", "doctor", "env", "bench", "inspect", "config", "submit",
    "gather",
  ]
  /// Commands that may fetch something, or ask before they do.
  private static let network: Set<String> = [
    "install", "verify", "sync", "mirror", "registry", "upgrade", "predict", "doctor", "config",
  ]
  /// Commands that take long enough to show how far they are.
  private static let long: Set<String> = [
    "install", "verify", "sync", "pack", "unpack", "mirror", "upgrade", "predict", "ensemble",
    "convert", "inspect", "report", "registry", "submit", "gather",
  ]

  /// Options that do nothing with a command, by their long names.
  private static func idle(in command: String) -> Set<String> {
    guard command != "nnx" else { return [] }
    var idle: Set<String> = []
    if !models.contains(command) { idle.formUnion(["--store", "--registry"]) }
    if !network.contains(command) { idle.formUnion(["--offline", "--yes"]) }
    if !long.contains(command) { idle.insert("--progress") }
    return idle
  }

  /// The lines of a help page that are about something.
  static func lines(_ text: String, of command: String) -> [String] {
    let idle = idle(in: command)
    var isLeftOut = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).filter {
      let body = $0.drop { $0 == " " }
      if body.hasPrefix("-") {
        let names = body.split(separator: " ").prefix(2).map { $0.filter { $0 != "," } }
        isLeftOut = names.contains(where: idle.contains)
      } else if !$0.hasPrefix("     ") {
        isLeftOut = false
      }
      return !isLeftOut
    }
  }

  /// Whether a man page tells of an option, by the head of its item.
  static func shows(_ head: String, of command: String) -> Bool {
    let names = head.split(separator: " ").map { $0.filter { $0 != "," } }
    return !names.contains(where: idle(in: command).contains)
  }
}
