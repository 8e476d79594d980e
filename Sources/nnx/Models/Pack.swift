import ArgumentParser
import NNXPredict
import NNXStore
import NNXSystem

struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Put installed models into one file for a machine without network.",
    usage: "nnx pack <name> ... -o <file.nnxpack> [--overwrite]",
    discussion: """
      There, 'nnx unpack FILE' installs them. The digest that is printed tells whether \
      the file arrived as it left: nnx unpack FILE --sha256 DIGEST
      """)

  @Argument(help: "Installed models.", completion: .installedModels)
  var names: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Replace a pack that nnx wrote.")
  var overwrite = false

  @Flag(help: "Tell what would be packed, and write nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    let models = try names.map(store.find)
    let file = OutputPlan.Output(output, author: Pack.author(of:))
    try OutputPlan.check([file], reading: [], overwrites: overwrite)
    guard !dryRun else { return show(models, nil, context) }
    let staged = StagedFiles()
    var packed: Pack.Result?
    try staged.write(output) {
      packed = try Pack.write(models, to: $0, progress: context.progressBar.handler)
    }
    try OutputPlan.checkExisting([file], overwrites: overwrite)
    try staged.commit(replaces: overwrite, seal: output)
    context.progressBar.finish()
    show(models, packed, context)
  }

  private func show(_ models: [InstalledModel], _ result: Pack.Result?, _ context: Context) {
    let list = models.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    if let result {
      context.output.note("Packed \(list): \(result.files) files, \(Quantity.bytes(result.size)).")
      context.output.note("sha256 \(result.sha256)")
    }
    context.output.text(result == nil ? "Would pack \(list)." : output)
    context.output.json(
      "pack",
      [
        "file": output, "dryRun": dryRun, "bytes": result?.size, "sha256": result?.sha256,
        "models": models.map(\.listJSON),
      ])
  }
}
