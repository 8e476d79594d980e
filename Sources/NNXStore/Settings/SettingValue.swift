import NNXSystem

/// The value of a setting, checked.
package enum SettingValue: Equatable, Sendable {
  case text(String)
  case list([String])
  case bool(Bool)
  case int(Int)

  /// As people read it.
  package var description: String {
    switch self {
    case .text(let text): text
    case .list(let items): items.joined(separator: ", ")
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    }
  }

  package var json: OrderedJSON {
    switch self {
    case .text(let text): .string(text)
    case .list(let items): OrderedJSON(items)
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    }
  }

  /// As it is written into `config.toml` (TOML 1.0.0, basic strings).
  var toml: String {
    switch self {
    case .text(let text): OrderedJSON.string(text).text()
    case .list(let items):
      "[" + items.map { OrderedJSON.string($0).text() }.joined(separator: ", ") + "]"
    case .bool, .int: description
    }
  }
}

extension Setting {
  /// Reads what a person typed: a variable, a flag, or `nnx config set`.
  ///
  /// - Parameters:
  ///   - place: where it stands, for the message: `NNX_THREADS`, `config.toml:3`.
  ///   - home: what `~` means.
  /// - Throws: `invalid-setting` with what it should have been.
  package func value(
    of text: String, at place: String, home: String?
  ) throws(NNXError) -> SettingValue {
    switch kind {
    case .text: return .text(text)
    case .folder: return .text(try folder(text, place, home))
    case .folders:
      return .list(
        try text.split(separator: ":").map { (item) throws(NNXError) in
          try folder(String(item), place, home)
        })
    case .list:
      return .list(
        text.split(separator: ",").map { String($0.trimmingSpaces) }.filter { !$0.isEmpty })
    case .onOff:
      switch text.lowercased() {
      case "1", "true", "yes", "on": return .bool(true)
      case "0", "false", "no", "off": return .bool(false)
      default: throw invalid(text, place)
      }
    case .count(let range):
      guard let number = Int(text), range.contains(number) else { throw invalid(text, place) }
      return .int(number)
    case .bytes:
      guard let bytes = ByteCount(text)?.bytes, bytes > 0 else { throw invalid(text, place) }
      return .int(bytes)
    case .choice(let choices):
      guard choices.contains(text.lowercased()) else { throw invalid(text, place) }
      return .text(text.lowercased())
    }
  }

  func invalid(_ text: String, _ place: String) -> NNXError {
    NNXError(
      .invalidSetting, "\(place): \(key) cannot be '\(text.excerpt)'",
      details: ["It should be \(shape)"])
  }

  /// What values look like, in words.
  package var shape: String {
    switch kind {
    case .text: "a text"
    case .folder: "an absolute path"
    case .folders: "absolute paths"
    case .list: "a list of texts"
    case .onOff: "true or false"
    case .count(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .bytes: "an amount of memory, as in 4G or 800M"
    case .choice(let choices):
      choices.dropLast().joined(separator: ", ") + " or \(choices.last ?? "")"
    }
  }

  private func folder(
    _ text: String, _ place: String, _ home: String?
  ) throws(NNXError) -> String {
    var path = text
    if let home, path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
    // A store that a flag names may be relative, as any file on the command line.
    guard path.hasPrefix("/") || place == flag else { throw invalid(text, place) }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  var trimmingSpaces: Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let end = lastIndex(where: { !isSpace($0) }) else { return "" }
    return self[...end].drop(while: isSpace)
  }
}
