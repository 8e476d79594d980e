import NNXSystem

/// One thing that users can choose: its key in `config.toml`, its environment variable, its flag.
///
/// `all` is the one list of them: files, variables, `nnx config` and docs/configuration.md follow it.
package struct Setting: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case text
    /// An absolute path, or one that begins with `~/`.
    case folder
    /// Folders; split at colons in the environment.
    case folders
    /// Texts; split at commas in the environment.
    case list
    case onOff
    case count(ClosedRange<Int>)
    /// An amount of memory: `4G`, `800M`.
    case bytes
    case choice([String])
  }

  /// In `config.toml`, and for `nnx config`.
  package let key: String
  package let kind: Kind
  package let variable: String?
  package let flag: String?
  /// What holds when nobody says anything, in words.
  package let fallback: String
  package let help: String
  /// Whether the value is never shown, and belongs into the environment alone.
  package var isSecret = false
}

extension Setting {
  package static let store = Setting(
    key: "store", kind: .folder, variable: "NNX_HOME", flag: "--store",
    fallback: "XDG folders", help: "Folder that holds models and cache.")
  package static let stores = Setting(
    key: "stores", kind: .folders, variable: "NNX_STORES", flag: nil, fallback: "none",
    help: "Read-only stores, searched after the user's own.")
  package static let registry = Setting(
    key: "registry", kind: .list, variable: "NNX_REGISTRY", flag: "--registry",
    fallback: "the one inside nnx", help: "Registries, by file or address.")
  package static let mirror = Setting(
    key: "mirror", kind: .list, variable: "NNX_MIRROR", flag: nil, fallback: "none",
    help: "Places that are asked for files before their publisher.")
  package static let offline = Setting(
    key: "offline", kind: .onOff, variable: "NNX_OFFLINE", flag: "--offline", fallback: "false",
    help: "Use no network.")
  package static let threads = Setting(
    key: "threads", kind: .count(1...4096), variable: "NNX_THREADS", flag: "--threads",
    fallback: "all processors", help: "Threads for prediction.")
  package static let maxMemory = Setting(
    key: "max-memory", kind: .bytes, variable: "NNX_MAX_MEMORY", flag: "--max-memory",
    fallback: "none", help: "Memory that a prediction stays below, as in 4G.")
  package static let progress = Setting(
    key: "progress", kind: .choice(["auto", "plain", "json", "none"]), variable: "NNX_PROGRESS",
    flag: "--progress", fallback: "auto", help: "How progress is shown on stderr.")
  package static let log = Setting(
    key: "log", kind: .choice(["warn", "info", "debug"]), variable: "NNX_LOG", flag: "-v",
    fallback: "warn", help: "How much is told on stderr.")
  package static let licensePolicy = Setting(
    key: "license-policy", kind: .choice(["ask", "commercial", "any"]),
    variable: "NNX_LICENSE_POLICY", flag: nil, fallback: "ask",
    help: "Which licences an install goes along with.")
  package static let acceptLicenses = Setting(
    key: "accept-licenses", kind: .list, variable: nil, flag: "--accept-license",
    fallback: "none", help: "Licences that are accepted without a question (SPDX).")
  static let zenodoToken = Setting(
    key: "zenodo-token", kind: .text, variable: "ZENODO_TOKEN", flag: nil, fallback: "none",
    help: "Raises Zenodo's limits; environment only.", isSecret: true)
  static let gitHubToken = Setting(
    key: "github-token", kind: .text, variable: "GITHUB_TOKEN", flag: nil, fallback: "none",
    help: "Raises GitHub's limits; environment only.", isSecret: true)
  static let huggingFaceToken = Setting(
    key: "huggingface-token", kind: .text, variable: "HF_TOKEN", flag: nil, fallback: "none",
    help: "For models whose terms you accepted; environment only.", isSecret: true)

  /// Every setting, in the order in which they are shown.
  package static let all = [
    store, stores, registry, mirror, offline, threads, maxMemory, progress, log,
    licensePolicy, acceptLicenses, zenodoToken, gitHubToken, huggingFaceToken,
  ]

  /// The setting called `key`.
  ///
  /// - Parameter place: where it was named, for the message: `config.toml:3`.
  /// - Throws: `unknown-setting` with the nearest key.
  package static func named(_ key: String, at place: String? = nil) throws(NNXError) -> Setting {
    if let found = all.first(where: { $0.key == key }) { return found }
    let nearest = all.map { ($0.key, likeness(key, $0.key)) }.max { $0.1 < $1.1 }
    let prefix = place.map { "\($0): " } ?? ""
    var error = NNXError(.unknownSetting, "\(prefix)there is no setting '\(key.excerpt)'")
    if let nearest, nearest.1 >= 0.5 { error.details = ["The nearest is '\(nearest.0)'"] }
    error.fixes = ["See all settings with: nnx config"]
    throw error
  }
}

extension NNXError.Code {
  /// A key that no setting has.
  static let unknownSetting = NNXError.Code("unknown-setting", .configuration)
  /// A value that the setting cannot have, or a file that is not TOML.
  static let invalidSetting = NNXError.Code("invalid-setting", .configuration)
}
