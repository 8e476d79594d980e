import ArgumentParser
import NNXReport
import NNXSystem

/// How `nnx view` draws: in a way that was asked for, or the best that the terminal has.
enum DrawingChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, half, kitty, sixel

  /// - Throws: `usage` when sixels were asked for and the terminal says that it has none.
  func style(environment: [String: String]) throws(NNXError) -> TerminalPicture.Style {
    let terminal = Terminal(descriptor: 1, environment: environment)
    switch self {
    case .half: return .half
    case .kitty: return .kitty
    case .sixel:
      guard !terminal.isInteractive || Terminal.drawsSixels else {
        throw NNXError(
          .usage, "this terminal draws no sixel pictures",
          details: ["its device attributes do not name them"],
          fixes: ["Draw with --protocol half"])
      }
      return .sixel
    case .auto:
      guard terminal.isInteractive else { return .half }
      if Terminal.hasKittyGraphics(environment) { return .kitty }
      return Terminal.drawsSixels ? .sixel : .half
    }
  }
}
