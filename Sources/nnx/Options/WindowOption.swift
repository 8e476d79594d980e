import ArgumentParser
import NNXReport

/// What `--window` takes, for the help.
let windowHelp = ArgumentHelp(
  "Grey levels: auto, a word for CT (\(windowWords)), or WIDTH:LEVEL.", valueName: "window")

private let windowWords = GreyWindow.named.map(\.name).joined(separator: ", ")

/// `400:40` or `lung`; `nil` for nothing and for `auto`.
func parseWindow(_ text: String?) throws -> GreyWindow? {
  guard let text, text != "auto" else { return nil }
  guard let window = GreyWindow(text) else {
    throw ValidationError(
      "--window takes WIDTH:LEVEL, as in 400:40, auto, or one of \(windowWords)")
  }
  return window
}
