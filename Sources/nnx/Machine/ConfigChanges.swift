import ArgumentParser
import NNXStore
import NNXSystem

struct ConfigSet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Write one setting into your file.",
    usage: "nnx config set <key> <value>",
    discussion: "Lists are split at commas, folders at colons.")

  @Argument(help: "Key, as in license-policy.")
  var key: String

  @Argument(help: "Value.")
  var value: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    // A bad value is put right by setting a good one.
    let context = try Context(global, readsFiles: false)
    let file = try context.store().location.configFile
    let written = try SettingsFile.set(
      key, to: value, in: file, home: context.environment["HOME"])
    context.output.note("\(key) = \(written.description)")
    if case .variable(let name) = context.settings.origin(of: try Setting.named(key)) {
      context.output.note("note: \(name) is set and beats this file")
    }
    context.output.text(file)
    context.output.json(
      "config", ["key": key, "value": written.json, "file": file])
  }
}

struct ConfigUnset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset", abstract: "Remove one setting from your file.",
    usage: "nnx config unset <key>")

  @Argument(help: "Key, as in license-policy.")
  var key: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    // A file that cannot be read as settings is what this is for.
    let context = try Context(global, readsFiles: false)
    let file = try context.store().location.configFile
    let wasThere = try SettingsFile.unset(key, in: file)
    if !wasThere { context.output.note("\(key) is not in \(file)") }
    context.output.text(file)
    context.output.json(
      "config", ["key": key, "removed": wasThere, "file": file])
  }
}
