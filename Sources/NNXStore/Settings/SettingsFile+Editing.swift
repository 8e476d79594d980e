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
    var lines = try self.lines(of: path)
    // Amounts stay as they were typed: 4G says more than 4294967296.
    lines.set(key, to: setting.kind == .bytes ? SettingValue.text(text).toml : value.toml)
    try replace(path, with: lines, home: home)
    return value
  }

  /// Removes one setting from the file at `path`.
  ///
  /// - Returns: whether it was there.
  /// - Throws: as `set`.
  package static func unset(
    _ key: String, in path: String, home: String?
  ) throws(NNXError) -> Bool {
    _ = try Setting.named(key)
    var lines = try lines(of: path)
    guard lines.unset(key) else { return false }
    try replace(path, with: lines, home: home)
    return true
  }

  private static func lines(of path: String) throws(NNXError) -> SettingsLines {
    let text = try text(of: path)
    return try parsed(path) { () throws(TOMLText.Problem) in try SettingsLines(text) }
  }

  private static func replace(
    _ path: String, with lines: SettingsLines, home: String?
  ) throws(NNXError) {
    // What cannot be read back must not be written.
    _ = try SettingsFile(text: lines.text, path: path, home: home)
    try Folder.create(parentFolder(path))
    try AtomicFile.write(lines.text, to: path)
  }
}
