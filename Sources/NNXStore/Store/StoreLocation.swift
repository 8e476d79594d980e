import NNXSystem

/// Where models, downloads and settings lie, as the environment says.
///
/// XDG Base Directories (specification 0.8), unless `NNX_HOME` moves all three.
package struct StoreLocation: Equatable, Sendable {
  /// Models: `$NNX_HOME`, else `$XDG_DATA_HOME/nnx`, else `~/.local/share/nnx`.
  package var data: String
  /// Partial downloads: `$NNX_HOME/cache`, else `$XDG_CACHE_HOME/nnx`, else `~/.cache/nnx`.
  package var cache: String
  /// Settings: `$NNX_HOME/config`, else `$XDG_CONFIG_HOME/nnx`, else `~/.config/nnx`.
  package var config: String
  /// Read-only stores that are searched after the user's own: `NNX_STORES`, split at colons.
  package var shared: [String]

  package init(data: String, cache: String, config: String, shared: [String] = []) {
    self.data = data
    self.cache = cache
    self.config = config
    self.shared = shared
  }

  /// - Parameters:
  ///   - environment: `NNX_HOME`, `NNX_STORES`, `XDG_*`, `HOME`.
  ///   - override: what `--store` or a file of settings named; holds models and cache, while settings
  ///     stay where the environment puts them.
  /// - Throws: `no-store` when no home can be found, or `NNX_HOME` is a relative path.
  package init(
    environment: [String: String], override: String? = nil
  ) throws(NNXError) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    shared = (value("NNX_STORES") ?? "").split(separator: ":").map { StoreLocation.plain($0) }
    let home = value("NNX_HOME").map { StoreLocation.plain($0) }
    guard override != nil || home?.hasPrefix("/") != false else {
      throw NNXError(
        .noStore, "NNX_HOME is '\(home ?? "")', which is not an absolute path",
        fixes: ["export NNX_HOME=/big/disk/nnx"])
    }
    func folder(_ variable: String, _ fallback: String) -> String? {
      // The specification asks to ignore relative paths.
      if let path = value(variable), path.hasPrefix("/") {
        return StoreLocation.plain(path) + "/nnx"
      }
      return value("HOME").map { "\(StoreLocation.plain($0))/\(fallback)/nnx" }
    }
    let root = override.map { StoreLocation.plain($0) } ?? home
    guard let data = root ?? folder("XDG_DATA_HOME", ".local/share"),
      let cache = root.map({ "\($0)/cache" }) ?? folder("XDG_CACHE_HOME", ".cache"),
      let config = home.map({ "\($0)/config" }) ?? folder("XDG_CONFIG_HOME", ".config")
        ?? root.map({ "\($0)/config" })
    else {
      throw NNXError(
        .noStore, "there is no place for models: neither NNX_HOME nor HOME is set",
        fixes: ["export NNX_HOME=/big/disk/nnx"])
    }
    self.data = data
    self.cache = cache
    self.config = config
  }

  /// The user's file of settings.
  package var configFile: String { "\(config)/config.toml" }
  /// The machine's file of settings.
  static let systemConfigFile = "/etc/nnx/config.toml"

  /// Partial downloads.
  package var downloads: String { "\(cache)/downloads" }
  /// What is known of the kernels on the machines that use this store.
  package var kernelChecks: String { "\(cache)/kernel-checks" }

  /// Makes the cache folder with the tag that tells backup programs to leave it out
  /// (Cache Directory Tagging, https://bford.info/cachedir/).
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package func makeCache() throws(NNXError) {
    try Folder.create(downloads)
    try keepFile(
      "\(cache)/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# Downloads of nnx.\n")
  }

  /// Takes the lock of a name in this store, or waits for it.
  ///
  /// - Parameters:
  ///   - wait: whether to wait for another process; otherwise a held lock is an error.
  ///   - onWait: called once before waiting.
  /// - Throws: `locked-by` when held and not waiting; `cannot-write`.
  func lock(
    _ name: String, wait: Bool = true, onWait: () -> Void = {}
  ) throws(NNXError) -> FileLock {
    try Folder.create("\(data)/locks")
    return try FileLock("\(data)/locks/\(name).lock", wait: wait, onWait: onWait)
  }

  /// Does something under the lock of a name.
  ///
  /// - Throws: as `lock(_:wait:onWait:)`, and what `body` throws.
  func locked<Result>(
    _ name: String, _ body: () throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    let lock = try lock(name)
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }

  private static func plain(_ path: some StringProtocol) -> String {
    var path = String(path)
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
