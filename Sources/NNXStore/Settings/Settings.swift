import NNXSystem

/// What flags, environment and files say together: flag > environment > user > system > default.
package struct Settings: Sendable {
  /// Who decided.
  package enum Origin: Equatable, Sendable {
    case flag(String)
    case variable(String)
    case file(String, line: Int?)
    case fallback

    /// `--offline`, `NNX_OFFLINE`, `/etc/nnx/config.toml:3`, `default`.
    package var description: String {
      switch self {
      case .flag(let name), .variable(let name): name
      case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
      case .fallback: "default"
      }
    }
  }

  private let values: [String: (value: SettingValue, origin: Origin)]

  /// - Parameters:
  ///   - flags: what the command line says, by key.
  ///   - environment: of the process; empty variables count as not set.
  ///   - files: `config.toml` files, the strongest first. Missing ones are fine.
  /// - Throws: `unknown-setting`, `invalid-setting`, naming the place; `unreadable`.
  package init(
    flags: [String: SettingValue] = [:], environment: [String: String] = [:],
    files: [String] = []
  ) throws(NNXError) {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    var values: [String: (value: SettingValue, origin: Origin)] = [:]
    for path in files.reversed() {
      for (key, entry) in try SettingsFile(path, home: home).entries {
        values[key] = (entry.value, .file(path, line: entry.line))
      }
    }
    for setting in Setting.all {
      if let value = flags[setting.key] {
        values[setting.key] = (value, .flag(setting.flag ?? setting.key))
      } else if let variable = setting.variable, let text = environment[variable], !text.isEmpty {
        values[setting.key] = (
          try setting.value(of: text, at: variable, home: home), .variable(variable)
        )
      }
    }
    self.values = values
  }

  /// The value of a setting; `nil` when nobody says anything.
  package subscript(setting: Setting) -> SettingValue? { values[setting.key]?.value }

  package func origin(of setting: Setting) -> Origin { values[setting.key]?.origin ?? .fallback }

  private func text(_ setting: Setting) -> String? {
    guard case .text(let text) = self[setting] else { return nil }
    return text
  }

  private func int(_ setting: Setting) -> Int? {
    guard case .int(let number) = self[setting] else { return nil }
    return number
  }

  private func list(_ setting: Setting) -> [String] {
    guard case .list(let items) = self[setting] else { return [] }
    return items
  }
}

extension Settings {
  /// Folder for models and cache; `nil`: the XDG folders.
  package var store: String? { text(.store) }
  /// Read-only stores, in the order in which they are searched.
  package var stores: [String] { list(.stores) }
  /// Registries by file or address, the first to ask first; empty: the one inside nnx.
  package var registries: [String] { list(.registry) }
  /// Roots of mirrors, the first to ask first.
  package var mirrors: [String] { list(.mirror) }
  package var isOffline: Bool { self[.offline] == .bool(true) }
  /// `nil`: all processors.
  package var threads: Int? { int(.threads) }
  /// Bytes that a prediction stays below; `nil`: no limit.
  package var maxMemory: Int? { int(.maxMemory) }
  /// `auto`, `plain`, `json` or `none`.
  package var progress: String { text(.progress) ?? "auto" }
  /// `warn`, `info` or `debug`.
  package var log: String { text(.log) ?? "warn" }
  package var licensePolicy: LicensePolicy {
    text(.licensePolicy).flatMap(LicensePolicy.init(rawValue:)) ?? .ask
  }
  /// SPDX identifiers that are accepted without a question.
  package var acceptedLicenses: [String] { list(.acceptLicenses) }
  var zenodoToken: String? { text(.zenodoToken) }
  var gitHubToken: String? { text(.gitHubToken) }
  var huggingFaceToken: String? { text(.huggingFaceToken) }
}
