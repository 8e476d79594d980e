import ArgumentParser
import NNXImage
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

  @Option(help: windowHelp)
  var window: String?

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("auto, half, kitty or sixel.", valueName: "kind"))
  var drawing = DrawingChoice.auto

  @OptionGroup var global: GlobalOptions

  func validate() throws { _ = try parseWindow(window) }

  func run() throws {
    let context = try Context(global)
    let terminal = Terminal(descriptor: 1, environment: context.environment)
    // Below the picture: where it is, the labels, the next prompt.
    let rows = terminal.isInteractive ? terminal.height.map { max(4, $0 - 3) } : nil
    let picture = try TerminalPicture(
      image: image, segmentation: segmentation, view: plane, slice: slice,
      window: try parseWindow(window), columns: min(context.width, 96), rows: rows,
      as: try drawing.style(environment: context.environment))
    if picture.notFinite > 0 { context.output.note("note: \(notFiniteNote(picture.notFinite))") }
    context.output.drawn(["\(picture.text)\(plane.rawValue) \(picture.slice)/\(picture.slices)"])
    context.output.text(legend(picture, context))
    context.output.json(
      "view",
      ["plane": plane.rawValue, "slice": picture.slice, "slices": picture.slices])
  }
}

extension ViewCommand {
  /// The labels of the slice on one line, each behind its colour.
  private func legend(_ picture: TerminalPicture, _ context: Context) -> [String] {
    var line = ""
    var used = 0
    for label in picture.labels {
      let isFirst = line.isEmpty
      let width = label.name.count + (isFirst ? 2 : 4)
      guard used + width <= context.width - 2 else {
        line += " …"
        break
      }
      line +=
        (isFirst ? "" : "  ") + context.palette.paint(Palette.spot, .rgb(label.rgb))
        + " " + label.name
      used += width
    }
    return line.isEmpty ? [] : [line]
  }
}

extension SliceView: ExpressibleByArgument {}
