import ArgumentParser
import NNXStore
import NNXSystem
import NNXTensor

struct Env: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env",
    abstract: "Show what nnx sees; give nnU-Net its variables.",
    usage: "nnx env [--json]",
    discussion: """
      The answer is a script for the shell, so that nnU-Net finds every installed model:

        eval "$(nnx env)"
        nnUNetv2_predict -d Dataset006_Liver -c 3d_fullres -i in -o out -device cpu
      """)

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    let facts = try Self.facts(context, store)
    let exports = [
      ("nnUNet_results", store.resultsPath), ("RESULTS_FOLDER", store.resultsPathV1),
    ]
    if !context.output.isQuiet {
      for (name, value) in facts {
        let lines = FieldList.wrap(value, context.width - 14)
        context.output.text(
          lines.enumerated().map { "# \(($0 == 0 ? name : "").padding(to: 12))\($1)" })
      }
    }
    context.output.text(exports.map { "export \($0)=\(Self.quoted($1))" })
    let variables = context.environment.filter { name, _ in Self.names.contains(name) }
    context.output.json(
      "env",
      [
        "facts": Members(facts), "exports": Members(exports),
        "variables": Members(
          variables.sorted { $0.key < $1.key }.map { name, value in
            (name, name.hasSuffix("_TOKEN") ? "(set)" : value)
          }),
      ])
  }

  private static let names = Set(
    Setting.all.compactMap(\.variable) + [
      "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NNX_KERNELS", "nnUNet_results",
      "RESULTS_FOLDER", "http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
      "no_proxy", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NO_COLOR", "CLICOLOR_FORCE", "TERM",
    ])

  private static func facts(_ context: Context, _ store: Store) throws -> [(String, String)] {
    let location = store.location
    var facts = [
      ("nnx", Version.current), ("predicts as", Version.emulated),
      ("kernels", (try? Kernels.chosen().name) ?? "none"), ("models", location.data),
      ("cache", location.cache), ("settings", location.configFile),
    ]
    if !location.shared.isEmpty {
      facts.append(("shared", location.shared.joined(separator: ":")))
    }
    return facts + LibraryVersions.all.map { ($0.name, $0.version) }
  }

  /// A word of the shell that means exactly `text`.
  private static func quoted(_ text: String) -> String {
    var result = "'"
    for character in text { result += character == "'" ? "'\\''" : String(character) }
    return result + "'"
  }
}
