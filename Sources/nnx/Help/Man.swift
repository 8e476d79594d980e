import ArgumentParser
import NNXSystem

struct Man: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "Print or install manual pages.",
    usage: "nnx man [<command> ...] [--install <folder>]",
    discussion: """
        nnx man predict
        nnx man predict | man -l -
        nnx man --install ~/.local/share/man/man1
        man nnx-predict
      """)

  @Argument(help: "Command, as in predict or cache ls; without one, nnx itself.")
  var command: [String] = []

  @Option(
    help: ArgumentHelp("Write the pages of all commands into a folder.", valueName: "folder"))
  var install: String?

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let pages = ManualPage.all
    if let install {
      let wrote = FileMark.text([".TH \"NNX"])
      let plan = pages.map { OutputPlan.Output("\(install)/\($0.name).1", author: wrote) }
      try OutputPlan.check(plan, reading: [], overwrites: true)
      try Folder.create(install)
      var paths: [String] = []
      for page in pages {
        let path = "\(install)/\(page.name).1"
        try AtomicFile.write(page.text, to: path)
        paths.append(path)
      }
      context.output.note("Wrote \(counted(pages.count, "page")).")
      return context.output.answer(
        "man", ["pages": paths], quiet: paths, text: [install])
    }
    let name = (["nnx"] + command).joined(separator: "-")
    guard let page = pages.first(where: { $0.name == name }) else {
      throw NNXError(
        .usage, "nnx has no command '\(command.joined(separator: " "))'",
        fixes: ["See all commands with: nnx --help"])
    }
    if Terminal(descriptor: 1, environment: context.environment).isInteractive {
      context.output.text(page.lines(width: context.width, context.palette))
    } else if !context.output.isJSON {
      writeToStdout(page.text)
    }
    context.output.json("man", ["name": page.name, "text": page.text])
  }
}
