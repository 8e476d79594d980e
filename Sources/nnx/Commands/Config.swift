import ArgumentParser
import NNXStore
import NNXSystem

struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show and change settings.",
    discussion: """
      A flag beats the environment, that beats your file, that beats the machine's file \
      (/etc/nnx/config.toml). See docs/configuration.md for every key.

        nnx config --show-origin
        nnx config set license-policy commercial
        nnx config unset license-policy
      """,
    subcommands: [ConfigShow.self, ConfigGet.self, ConfigSet.self, ConfigUnset.self],
    defaultSubcommand: ConfigShow.self)
}

struct ConfigShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all settings.",
    usage: "nnx config [--show-origin] [--json]", aliases: ["list", "ls"])

  @Flag(help: "Tell who decided.")
  var showOrigin = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let columns: [Table.Column] = [.left("SETTING"), .left("VALUE", minimum: 16)]
    var table = Table(
      columns + (showOrigin ? [.left("ORIGIN", minimum: 16)] : []), in: context)
    for setting in Setting.all {
      let row = [setting.key, setting.shown(in: context.settings)]
      table.add(row + (showOrigin ? [context.settings.origin(of: setting).description] : []))
    }
    context.output.text(context.output.isQuiet ? Setting.all.map(\.key) : table.lines)
    context.output.json(
      "config", ["settings": .array(Setting.all.map { $0.json(in: context.settings) })])
  }
}

struct ConfigGet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Print one setting.",
    usage: "nnx config get <key>")

  @Argument(help: "Key, as in license-policy.")
  var key: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let setting = try Setting.named(key)
    context.output.text(setting.shown(in: context.settings))
    context.output.json("config", setting.json(in: context.settings))
  }
}

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
    let context = try Context(global)
    let file = try context.store().location.configFile
    let written = try SettingsFile.set(
      key, to: value, in: file, home: context.environment["HOME"])
    context.output.note("\(key) = \(written.description)")
    if case .variable(let name) = context.settings.origin(of: try Setting.named(key)) {
      context.output.note("note: \(name) is set and beats this file")
    }
    context.output.text(file)
    context.output.json(
      "config", ["key": .string(key), "value": written.json, "file": .string(file)])
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
    let context = try Context(global)
    let file = try context.store().location.configFile
    let wasThere = try SettingsFile.unset(key, in: file, home: context.environment["HOME"])
    if !wasThere { context.output.note("\(key) is not in \(file)") }
    context.output.text(file)
    context.output.json(
      "config", ["key": .string(key), "removed": .bool(wasThere), "file": .string(file)])
  }
}

extension Setting {
  /// The value as people read it; secrets are not told.
  fileprivate func shown(in settings: Settings) -> String {
    guard let value = settings[self] else { return fallback }
    return isSecret ? "(set)" : value.description
  }

  fileprivate func json(in settings: Settings) -> OrderedJSON {
    let value = settings[self]
    return [
      "key": .string(key), "value": isSecret && value != nil ? "(set)" : value?.json ?? .null,
      "origin": .string(settings.origin(of: self).description), "variable": OrderedJSON(variable),
      "default": .string(fallback), "help": .string(help),
    ]
  }
}
