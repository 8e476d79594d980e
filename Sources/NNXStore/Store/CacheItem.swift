import Glibc
import NNXModel
import NNXSystem

/// One thing that takes disk space, as `nnx cache ls` shows it.
package struct CacheItem: Sendable {
  package enum Kind: String, Sendable {
    /// Native weights: what prediction reads.
    case weights
    /// Published checkpoints: what nnU-Net reads.
    case checkpoints
    /// A download that resumes.
    case partial
    /// A complete download that was kept, or that a killed install left.
    case archive
    /// Bytes that were not what was promised, kept for a look.
    case rejected
    /// Work of a process that is gone.
    case staging
    /// What `nnx gather` made of a folder's records, to tell it faster the next time.
    case index
  }

  package var kind: Kind
  package var name: String
  /// Files and folders that go together.
  package var paths: [String]
  /// Bytes.
  package var size: Int
  /// Seconds since 1970 of the last reading or writing, as far as the file system keeps it.
  package var used: Int
  /// How much of a partial download is there, 0...1.
  package var share: Double?
  /// The model that it belongs to.
  package var model: InstalledModel?
}

extension Store {
  /// Everything of the user's own store and cache that takes space, the models' parts first.
  ///
  /// - Throws: `unreadable`.
  package func cacheItems() throws(NNXError) -> [CacheItem] {
    var items: [CacheItem] = []
    for model in try installed() where !model.isShared {
      let isOnly = try installed().filter { $0.name == model.name }.count == 1
      let name = isOnly ? model.name : "\(model.name)@\(model.version)"
      let parts: [(CacheItem.Kind, [Receipt.File])] = [
        (.weights, model.receipt.files.filter { $0.path.hasSuffix(".safetensors") }),
        (.checkpoints, model.receipt.files.filter { InstalledModel.isCheckpoint($0.path) }),
      ]
      for (kind, files) in parts where !files.isEmpty {
        let paths = files.map { "\(model.path)/\($0.path)" }
        items.append(
          CacheItem(
            kind: kind, name: "\(name)/\(kind.rawValue)", paths: paths,
            size: files.reduce(0) { $0 + $1.size }, used: paths.map(lastUse).max() ?? 0,
            model: model))
      }
    }
    items += downloads() + indexes()
    let staging = "\(location.data)/staging"
    for name in (try? Folder.entries(staging)) ?? [] {
      let path = "\(staging)/\(name)"
      guard Staging.isAbandoned(path) else { continue }
      items.append(
        CacheItem(
          kind: .staging, name: "staging/\(name)", paths: [path], size: treeSize(path),
          used: lastUse(path)))
    }
    return items
  }

  /// Files of the cache: partial, complete and rejected downloads. What is called otherwise is somebody's own.
  private func downloads() -> [CacheItem] {
    let folder = location.downloads
    var items: [CacheItem] = []
    for name in (try? Folder.entries(folder)) ?? [] {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".json") || name.hasSuffix(".lock") { continue }
      guard case .file(let size) = Folder.kind(path), DownloadFile(path) != nil || isRejected(name)
      else { continue }
      let note = try? OrderedJSON(contentsOf: "\(path).json")
      var item = CacheItem(
        kind: .archive, name: note?["file"]?.string ?? name, paths: [path, "\(path).json"],
        size: size, used: lastUse(path))
      if name.hasSuffix(".part") {
        item.kind = .partial
        item.name += ".part"
        item.share = note?["size"]?.int.flatMap { $0 > 0 ? Double(size) / Double($0) : nil }
      } else if isRejected(name) {
        item.kind = .rejected
      }
      items.append(item)
    }
    return items
  }

  /// Whether it is a download that was not what was promised, by its name; `Partial` gives it.
  private func isRejected(_ name: String) -> Bool { name.hasSuffix(".bad") }

  /// Indexes of folders of results, called by these.
  private func indexes() -> [CacheItem] {
    let folder = "\(location.cache)/cohorts"
    return ((try? Folder.entries(folder)) ?? []).compactMap { name in
      let path = "\(folder)/\(name)"
      guard name.hasSuffix(".sqlite"), case .file(let size) = Folder.kind(path) else { return nil }
      // The journal last: one beside a file of another content would be played back into that.
      return CacheItem(
        kind: .index, name: "cohorts/\(name.dropLast(7))", paths: [path, "\(path)-journal"],
        size: size, used: lastUse(path))
    }
  }

  private func treeSize(_ path: String) -> Int {
    ((try? Folder.files(below: path)) ?? []).reduce(0) { $0 + $1.size }
  }
}

extension InstalledModel {
  /// Whether a file of a model holds weights for nnU-Net, and none for nnx.
  static func isCheckpoint(_ path: String) -> Bool {
    PublishedModel.isCheckpoint(lastComponent(path))
  }
}

/// Seconds since 1970 when a file was last read or written.
private func lastUse(_ path: String) -> Int {
  guard let status = SystemCall.status(of: path, followsLinks: false) else { return 0 }
  return max(status.st_atim.tv_sec, status.st_mtim.tv_sec)
}
