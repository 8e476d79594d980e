import ArgumentParser
import NNXReport
import NNXSystem

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw a picture of a segmentation on its image.",
    usage: "nnx preview <image> <seg> -o <file.png>",
    discussion: """
      Three planes through each label where it is largest, a mosaic of axial slices, a maximum \
      projection from the front and from the side, or the labels' surfaces, lit. The patient's \
      left is on the right of the picture. A surface around a smaller label is drawn as glass.

        nnx preview scan.nii.gz seg.nii.gz -o seg.png
        nnx preview scan.nii.gz seg.nii.gz --layout surface -o seg.png
        nnx preview scan.nii.gz seg.nii.gz --window 1500:-500 -o lung.png
      """)

  @Argument(help: "Image.")
  var image: String

  @Argument(help: ArgumentHelp("Label map on the same grid.", valueName: "seg"))
  var segmentation: String

  @Option(name: .shortAndLong, help: ArgumentHelp("Picture to write.", valueName: "file.png"))
  var output: String

  @Option(help: ArgumentHelp("planes, mosaic, projection or surface.", valueName: "layout"))
  var layout: Preview.Layout = .planes

  @Option(
    help: ArgumentHelp(
      "Grey levels as WIDTH:LEVEL (default: soft tissue on CT, percentiles else).",
      valueName: "w:l"))
  var window: String?

  @Option(name: .customLong("label"), help: ArgumentHelp("Draw only these labels.", valueName: "n"))
  var labels: [Int] = []

  @Option(help: ArgumentHelp("Side of a slice in pixels.", valueName: "pixels"))
  var size = 280

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (32...2000).contains(size) else {
      throw ValidationError("--size must be from 32 to 2000")
    }
    guard output.lowercased().hasSuffix(".png") else {
      throw ValidationError("the picture's name must end in .png")
    }
    _ = try parseWindow(window)
  }

  func run() throws {
    let context = try Context(global)
    let picture = try previewPicture(
      image: image, segmentation: segmentation,
      options: .init(layout: layout, window: try parseWindow(window), labels: labels, side: size))
    let file = try AtomicFile(output)
    try file.write(picture.png)
    try file.commit()
    if !picture.leftOut.isEmpty {
      context.output.note(
        "note: not drawn: \(picture.leftOut.joined(separator: ", ")); choose with --label")
    }
    context.output.text(output)
    context.output.json(
      "preview",
      [
        "output": .string(output), "width": .int(picture.width), "height": .int(picture.height),
        "leftOut": OrderedJSON(picture.leftOut),
      ])
  }
}

extension Preview.Layout: ExpressibleByArgument {}
