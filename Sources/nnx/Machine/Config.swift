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
    context.output.answer(
      "config", ["settings": Setting.all.map { $0.json(in: context.settings) }],
      quiet: Setting.all.map(\.key), text: table.lines)
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

extension Setting {
  /// The value as people read it; secrets are not told.
  fileprivate func shown(in settings: Settings) -> String {
    guard let value = settings[self] else { return fallback }
    return isSecret ? "(set)" : value.description
  }

  fileprivate func json(in settings: Settings) -> Members {
    let value = settings[self]
    return [
      "key": key, "value": isSecret && value != nil ? "(set)" : value?.json ?? .null,
      "origin": settings.origin(of: self).description, "variable": variable, "default": fallback,
      "help": help,
    ]
  }
}
