extension GreyWindow {
  /// Windows for CT by their names, width and level in Hounsfield units: Radiopaedia, Windowing (CT),
  /// https://radiopaedia.org/articles/windowing-ct. `soft` is what CT gets without being asked, `bone` what a
  /// person means who looks for fractures (a maximum projection has its own).
  package static let named: [(name: String, window: GreyWindow)] = [
    ("soft", .softTissue), ("lung", GreyWindow(width: 1500, level: -600)),
    ("bone", GreyWindow(width: 1800, level: 400)), ("brain", GreyWindow(width: 80, level: 40)),
    ("mediastinum", GreyWindow(width: 350, level: 50)),
    ("abdomen", GreyWindow(width: 400, level: 50)), ("liver", GreyWindow(width: 150, level: 30)),
  ]

  /// - Parameter text: `400:40`, or a name of `named`.
  package init?(_ text: String) {
    if let known = GreyWindow.named.first(where: { $0.name == text.lowercased() }) {
      self = known.window
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let width = parts[0], let level = parts[1], width > 0, width.isFinite,
      level.isFinite
    else { return nil }
    self.init(width: width, level: level)
  }
}
