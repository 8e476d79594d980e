import NNXSystem

extension SettingsFile {
  /// Writes one setting into the file at `path`, which is made when it is not there.
  ///
  /// - Returns: the value as it was understood.
  /// - Throws: `unknown-setting`, `invalid-setting` (also when the file is broken already),
  ///   `cannot-write`, `no-space`. The file is replaced in one step, or not at all.
  @discardableResult
  package static func set(
    _ key: String, to text: String, in path: String, home: String?
  ) throws(NNXError) -> SettingValue {
    let setting = try Setting.named(key)
    guard !setting.isSecret else { throw setting.notInFiles() }
    let value = try setting.value(of: text, at: "nnx config set", home: home)
    _ = try change(path) { (lines) throws(NNXError) in
      // Amounts stay as they were typed: 4G says more than 4294967296.
      lines.set(key, to: setting.kind == .bytes ? SettingValue.text(text).toml : value.toml)
      // What cannot be read back must not be written.
      _ = try SettingsFile(text: lines.text, path: path, home: home)
      return true
    }
    return value
  }

  /// Removes one setting from the file at `path`.
  ///
  /// Values that cannot be right go as well, and keys that are no settings.
  ///
  /// - Returns: whether it was there.
  /// - Throws: as `set`.
  package static func unset(_ key: String, in path: String) throws(NNXError) -> Bool {
    let wasThere = try change(path) { (lines) throws(NNXError) in lines.unset(key) }
    if !wasThere { _ = try Setting.named(key) }
    return wasThere
  }

  private static func lines(of path: String) throws(NNXError) -> SettingsLines {
    let text = try text(of: path)
    return try parsed(path) { () throws(TOMLText.Problem) in try SettingsLines(text) }
  }

  /// Changes the lines of the file, one process at a time; the file that a link leads to, where it is one.
  ///
  /// - Parameter body: says whether they are to be written.
  /// - Returns: what `body` said.
  private static func change(
    _ path: String, _ body: (inout SettingsLines) throws(NNXError) -> Bool
  ) throws(NNXError) -> Bool {
    guard Folder.kind(path) != nil || Folder.isFolder(parentFolder(path)) == true else {
      try Folder.create(parentFolder(path))
      return try change(path, body)
    }
    let lock = try FileLock("\(path).lock")
    defer { withExtendedLifetime(lock) {} }
    var lines = try lines(of: path)
    guard try body(&lines) else { return false }
    let target = destination(of: path)
    AtomicFile.removeAbandoned(in: parentFolder(target), of: lastComponent(target))
    try Folder.create(parentFolder(target))
    try AtomicFile.write(lines.text, to: target)
    return true
  }

  /// Where links lead to, whether or not something is there.
  private static func destination(of path: String) -> String {
    var place = path
    for _ in 0..<40 {
      guard let link = SymbolicLink.target(of: place) else { break }
      place = link.hasPrefix("/") ? link : "\(parentFolder(place))/\(link)"
    }
    return place
  }
}
