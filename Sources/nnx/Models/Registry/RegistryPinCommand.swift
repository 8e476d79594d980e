import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryPinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin", abstract: "Fill sizes and digests that a registry file lacks.",
    usage: "nnx registry pin [<name> ...] --registry <file> [--no-fetch]",
    discussion: """
      Size and MD5 come from the record, SHA-256 from the file itself, which is fetched \
      and deleted again. Values that are there are never changed: another value found \
      is an error, and nothing is written. Everything else in the file stays as it is.
      """)

  @Argument(help: "Entries to fill; all, unless given.")
  var names: [String] = []

  @Flag(help: "Ask the records only; fetch no file.")
  var noFetch = false

  @Flag(help: "Tell what would be filled, and write nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    guard let source = registry.parts.first?.source, Folder.isFolder(source) == false else {
      throw NNXError(
        .usage, "\(registry.source) is no file that could be changed",
        fixes: ["nnx registry pin --registry registry.json"])
    }
    var pin = try RegistryPin(source)
    try pin.look(
      names, fetching: !noFetch, web: context.web, transport: try context.transport(),
      progress: context.progressBar.handler)
    context.progressBar.finish()
    if !dryRun { try pin.write() }
    let lines = pin.changes.map { "\($0.model)  \($0.file)  \($0.field)  \($0.value)" }
    context.output.text(lines.isEmpty ? ["Nothing to fill in \(source)."] : lines)
    context.output.json(
      "registry",
      [
        "registry": source, "written": !dryRun && !pin.changes.isEmpty,
        "changes": pin.changes.map {
          ["name": $0.model, "file": $0.file, "field": $0.field, "value": $0.value] as Members
        },
      ])
  }
}
