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
        let file = try AtomicFile("\(install)/\(page.name).1")
        try file.write(page.text)
        try file.commit()
        paths.append(file.path)
      }
      context.output.note("Wrote \(counted(pages.count, "page")).")
      context.output.text(context.output.isQuiet ? paths : [install])
      return context.output.json("man", ["pages": OrderedJSON(paths)])
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
    context.output.json("man", ["name": .string(page.name), "text": .string(page.text)])
  }
}
