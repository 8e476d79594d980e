import NNXSystem
import TOMLKit

/// One `config.toml`: flat keys, read through TOMLKit (docs/configuration.md).
package struct SettingsFile: Sendable {
  package struct Entry: Sendable {
    package var value: SettingValue
    /// Line in the file, from 1; `nil` when the key is written in a way that hides it.
    package var line: Int?
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
    guard !text.isEmpty else {
      entries = [:]
      return
    }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw NNXError(
        .invalidSetting, "\(path):\(error.source.begin.line) is not TOML: \(error.description)")
    } catch { throw NNXError(.invalidSetting, "\(path) is not TOML") }
    var entries: [String: Entry] = [:]
    for key in table.keys {
      let line = SettingsLines(text).line(of: key).map { $0 + 1 }
      let place = line.map { "\(path):\($0)" } ?? path
      let setting = try Setting.named(key, at: place)
      guard !setting.isSecret, let value = table[key] else {
        throw NNXError(
          .invalidSetting, "\(place): \(key) does not belong into a file",
          fixes: setting.variable.map { ["export \($0)=…"] } ?? [])
      }
      entries[key] = Entry(value: try setting.value(of: value, at: place, home: home), line: line)
    }
    self.entries = entries
  }

  /// The files that are read, the strongest first: the user's, the machine's.
  package static func paths(environment: [String: String]) -> [String] {
    let user = try? StoreLocation(environment: environment).configFile
    return [user, StoreLocation.systemConfigFile].compactMap(\.self)
  }

  /// The text of the file; empty when there is none.
  static func text(of path: String) throws(NNXError) -> String {
    guard Folder.kind(path) != nil else { return "" }
    let file = try FileReader(path)
    guard file.count < 1 << 20 else {
      throw NNXError(.invalidSetting, "\(path) is too large for a file of settings")
    }
    let bytes = try file.bytes(at: 0, count: file.count)
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw NNXError(.invalidSetting, "\(path) is not a text in UTF-8")
    }
    return text
  }
}

extension Setting {
  /// The value of a TOML node.
  fileprivate func value(
    of node: any TOMLValueConvertible, at place: String, home: String?
  ) throws(NNXError) -> SettingValue {
    func wrong() -> NNXError {
      NNXError(
        .invalidSetting, "\(place): \(key) is a TOML \(node.type)",
        details: ["It should be \(shape)"])
    }
    switch kind {
    case .list, .folders:
      var items: [String] = []
      if let text = node.string {
        items = [text]
      } else if let array = node.array {
        for item in array {
          guard let text = item.string else { throw wrong() }
          items.append(text)
        }
      } else {
        throw wrong()
      }
      guard kind == .folders else { return .list(items) }
      var folders: [String] = []
      for item in items {
        guard case .list(let parsed) = try value(of: item, at: place, home: home) else { continue }
        folders += parsed
      }
      return .list(folders)
    case .onOff:
      guard let value = node.bool else { throw wrong() }
      return .bool(value)
    case .count, .bytes:
      if let number = node.int { return try value(of: String(number), at: place, home: home) }
      guard kind == .bytes, let text = node.string else { throw wrong() }
      return try value(of: text, at: place, home: home)
    case .text, .folder, .choice:
      guard let text = node.string else { throw wrong() }
      return try value(of: text, at: place, home: home)
    }
  }
}
