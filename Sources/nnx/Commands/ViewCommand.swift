import ArgumentParser
import NNXReport
import NNXSystem

struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view",
    abstract: "Show a slice in the terminal.",
    usage: "nnx view <image> [<seg>] [--plane axial|coronal|sagittal]",
    discussion: """
      Draws with kitty's graphics or sixels where the terminal has them, else with half \
      blocks in 24-bit colours.

        nnx view scan.nii.gz seg.nii.gz --plane coronal
        nnx view scan.nii.gz --protocol sixel
      """)

  @Argument(help: "Image.")
  var image: String

  @Argument(help: ArgumentHelp("Label map on the same grid.", valueName: "seg"))
  var segmentation: String?

  @Option(help: ArgumentHelp("axial, coronal or sagittal.", valueName: "plane"))
  var plane: SliceView = .axial

  @Option(
    help: ArgumentHelp("Slice, from 1 (default: the fullest, or the middle).", valueName: "n"))
  var slice: Int?

  @Option(help: ArgumentHelp("Grey levels as WIDTH:LEVEL.", valueName: "w:l"))
  var window: String?

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("auto, half, kitty or sixel.", valueName: "kind"))
  var drawing = DrawingChoice.auto

  @OptionGroup var global: GlobalOptions

  func validate() throws { _ = try parseWindow(window) }

  func run() throws {
    let context = try Context(global)
    let picture = try TerminalPicture(
      image: image, segmentation: segmentation, view: plane, slice: slice,
      window: try parseWindow(window), columns: min(context.width, 96),
      as: try drawing.style(environment: context.environment))
    context.output.text("\(picture.text)\(plane.rawValue) \(picture.slice)/\(picture.slices)")
    context.output.json(
      "view",
      [
        "plane": .string(plane.rawValue), "slice": .int(picture.slice),
        "slices": .int(picture.slices),
      ])
  }
}

extension SliceView: ExpressibleByArgument {}

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

/// `400:40`; `nil` for nothing and for `auto`.
func parseWindow(_ text: String?) throws -> GreyWindow? {
  guard let text, text != "auto" else { return nil }
  let numbers = text.split(separator: ":").compactMap { Double($0) }
  guard numbers.count == 2, numbers[0] > 0, numbers.allSatisfy(\.isFinite) else {
    throw ValidationError("--window takes WIDTH:LEVEL, as in 400:40, or auto")
  }
  return GreyWindow(width: numbers[0], level: numbers[1])
}
