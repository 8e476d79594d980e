import ArgumentParser
import NNXImage
import NNXReport
import NNXSystem

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw a picture of a segmentation on its image.",
    usage: "nnx preview <image> [<seg>] [-o <file.png>]",
    discussion: """
      Three planes through each label where it is largest, a mosaic of axial slices, a maximum \
      projection from the front and from the side, or the labels' surfaces, lit. The patient's \
      left is on the right of the picture. A surface around a smaller label is drawn as glass. \
      Without -o the picture lies beside the segmentation (seg.preview.png).

        nnx preview scan.nii.gz seg.nii.gz -o seg.png
        nnx preview scan.nii.gz seg.nii.gz --layout surface -o seg.png
        nnx preview scan.nii.gz seg.nii.gz --window lung --label nodule -o lung.png
      """)

  @Argument(help: "Image.")
  var image: String

  @Argument(
    help: ArgumentHelp("Label map on the same grid (default: the image alone).", valueName: "seg"))
  var segmentation: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Picture to write (default: beside <seg>).", valueName: "file.png"))
  var output: String?

  @Option(help: ArgumentHelp("planes, mosaic, projection or surface.", valueName: "layout"))
  var layout: Preview.Layout = .planes

  @Option(help: windowHelp)
  var window: String?

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp("Draw only this label, by name or number; repeatable.", valueName: "label"))
  var labels: [String] = []

  @Option(help: ArgumentHelp("Side of a slice in pixels.", valueName: "pixels"))
  var size = 280

  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (32...2000).contains(size) else {
      throw ValidationError("--size must be from 32 to 2000")
    }
    guard target.lowercased().hasSuffix(".png") else {
      throw ValidationError("pictures are PNG files: give a name that ends in .png, not \(target)")
    }
    _ = try parseWindow(window)
  }

  private var target: String {
    output ?? ResultFile.preview.path(of: segmentation ?? image)
  }

  func run() throws {
    let context = try Context(global)
    let file = try AnswerFile(
      target,
      reading: [image, segmentation, segmentation.map { ResultFile.record.path(of: $0) }]
        .compactMap(\.self),
      overwrites: overwriting.overwrite, author: FileMark.png)
    let picture = try previewPicture(
      image: image, segmentation: segmentation,
      options: .init(layout: layout, window: try parseWindow(window), labels: labels, side: size))
    try file.write(markedPNG(picture.png))
    for note in picture.notes { context.output.note("note: \(note)") }
    context.output.text(target)
    context.output.json(
      "preview",
      [
        "output": target, "width": picture.width, "height": picture.height,
        "leftOut": picture.leftOut, "notFound": picture.notFound, "notes": picture.notes,
      ])
  }
}

extension Preview.Layout: ExpressibleByArgument {}
