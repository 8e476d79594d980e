import ArgumentParser
import NNXStore
import NNXSystem

/// `nnx self …`: about the program itself.
struct SelfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self", abstract: "Tell about this nnx.", subcommands: [SelfVersion.self])
}

struct SelfVersion: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract:
      "Tell the versions of nnx and its registries; with --check, whether newer ones are there.",
    usage: "nnx self version [--check]",
    discussion: """
      nnx never asks by itself. What is newer is told, not fetched.

        nnx self version --check
      """)

  @Flag(help: "Ask where nnx and the added registries are published.")
  var check = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let own = try Registry.embedded()
    var lines = [
      "nnx        \(Version.current), \(BuildFacts.summary)",
      "registry   version \(own.version), inside",
    ]
    var answer: Members = [
      "version": Version.current, "predicts": Version.emulated, "registry": own.version,
      "built_from": Members(BuildFacts.all.map { ($0.name, $0.version) }),
    ]
    if check {
      let latest = try LatestRelease(asking: context.web)
      let isNewer = latest.isNewer(than: Version.current)
      lines.append(
        isNewer
          ? "A newer release is there: \(latest.version), with its registry. \(Version.home)"
          : "No newer release is there: the latest is \(latest.version).")
      let shelf = try context.registryShelf()
      var registries: [Members] = []
      for record in try shelf.records() {
        let newer = try shelf.newer(record)?.registry.version
        lines.append(
          "\(record.name)  version \(record.version)"
            + (newer.map { ", \($0) is there: nnx registry update \(record.name)" }
              ?? " is current"))
        registries.append(["name": record.name, "version": record.version, "latest": newer])
      }
      answer =
        answer + ["latest": latest.version, "is_newer": isNewer, "registries": registries]
    }
    context.output.answer("self", answer, quiet: [Version.current], text: lines)
  }
}
