import NNXSystem

/// One `config.toml`: flat keys in TOML (docs/configuration.md).
package struct SettingsFile: Sendable {
  package struct Entry: Sendable {
    package var value: SettingValue
    /// Line in the file, from 1.
    package var line: Int
  }

  package let path: String
  /// By key.
  package let entries: [String: Entry]

  /// Reads the file at `path`; one that is not there says nothing.
  ///
  /// - Parameter home: what `~` means in folders.
  /// - Throws: `invalid-setting` (not TOML, wrong type, impossible value), `unknown-setting`, with file
  ///   and line; `unreadable`.
  package init(_ path: String, home: String?) throws(NNXError) {
    try self.init(text: try SettingsFile.text(of: path), path: path, home: home)
  }

  /// - Parameters:
  ///   - text: of the file.
  ///   - path: for messages.
  init(text: String, path: String, home: String?) throws(NNXError) {
    self.path = path
    var entries: [String: Entry] = [:]
    for entry in try SettingsFile.parsed(
      path, { () throws(TOMLText.Problem) in try TOMLText(text) }
    )
    .entries {
      let line = entry.lines.lowerBound + 1
      let place = "\(path):\(line)"
      do throws(NNXError) {
        let setting = try Setting.named(entry.key, at: place)
        guard !setting.isSecret else { throw setting.notInFiles(at: "\(place): ") }
        entries[entry.key] = Entry(
          value: try setting.value(of: entry.value, at: place, home: home), line: line)
      } catch {
        // Every other command reads the file, too, and ends here.
        guard path != StoreLocation.systemConfigFile else { throw error }
        var error = error
        error.fixes.append("Remove it from the file: nnx config unset \(entry.key.excerpt)")
        throw error
      }
    }
    self.entries = entries
  }

  /// What `body` makes of the text of the file at `path`.
  ///
  /// - Throws: `invalid-setting` with the line when the text is not TOML.
  static func parsed<Result>(
    _ path: String, _ body: () throws(TOMLText.Problem) -> Result
  ) throws(NNXError) -> Result {
    do throws(TOMLText.Problem) { return try body() } catch {
      throw NNXError(
        .invalidSetting, "\(path):\(error.line) is not TOML as nnx reads it: \(error.reason)",
        fixes: [
          "Mend the line, or move the file away: nnx needs none",
          "What it may hold: docs/configuration.md",
        ])
    }
  }

  /// The files that are read, the strongest first: the user's, the machine's.
  package static func paths(environment: [String: String]) -> [String] {
    let user = try? StoreLocation(environment: environment).configFile
    return [user, StoreLocation.systemConfigFile].compactMap(\.self)
  }

  /// The text of the file; empty when there is none.
  static func text(of path: String) throws(NNXError) -> String {
    guard Folder.isFolder(path) != nil else { return "" }
    let file = try FileReader(path)
    guard file.count < 1 << 20 else {
      throw NNXError(.invalidSetting, "\(path) is too large for a file of settings")
    }
    let bytes = try file.bytes(at: 0, count: file.count)
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw NNXError(
        .invalidSetting, "\(path) is not a text in UTF-8",
        fixes: ["Save it as UTF-8, or move it away and set anew what it held: nnx config set"])
    }
    return text
  }
}

extension Setting {
  /// The value of an entry.
  fileprivate func value(
    of node: TOMLText.Value, at place: String, home: String?
  ) throws(NNXError) -> SettingValue {
    let wrong = NNXError(
      .invalidSetting, "\(place): \(key) is a TOML \(node.kind)",
      details: ["It should be \(shape)"])
    switch (kind, node) {
    case (.list, _), (.folders, _):
      let nodes: [TOMLText.Value] = if case .array(let nodes) = node { nodes } else { [node] }
      let items = try nodes.map { (item) throws(NNXError) in
        guard case .string(let text) = item else { throw wrong }
        return text
      }
      guard kind == .folders else { return .list(items) }
      let folders = try items.map { (item) throws(NNXError) -> [String] in
        guard case .list(let parsed) = try value(of: item, at: place, home: home) else { return [] }
        return parsed
      }
      return .list(folders.flatMap(\.self))
    case (.onOff, .bool(let value)): return .bool(value)
    case (.count, .integer(let number)), (.bytes, .integer(let number)):
      return try value(of: String(number), at: place, home: home)
    case (.text, .string(let text)), (.folder, .string(let text)), (.choice, .string(let text)),
      (.bytes, .string(let text)):
      return try value(of: text, at: place, home: home)
    default: throw wrong
    }
  }

  /// The refusal of a secret in a file.
  ///
  /// - Parameter place: in front of the message.
  func notInFiles(at place: String = "") -> NNXError {
    NNXError(
      .invalidSetting, "\(place)\(key) does not belong into a file",
      fixes: variable.map { ["export \($0)=…"] } ?? [])
  }
}
