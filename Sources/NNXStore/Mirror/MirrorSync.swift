import NNXModel
import NNXSystem

/// Makes a folder a mirror: published files, a registry that leads to them, and their checksums.
///
/// Files appear by one rename; what is there and right is kept.
package struct MirrorSync {
  package struct Result: Sendable {
    package var fetched: [String] = []
    package var kept: [String] = []
    /// Bytes that were fetched.
    package var bytes = 0
  }

  private let folder: String
  private let registry: Registry
  private let transport: any Transport
  private let progress: ProgressHandler

  /// - Parameters:
  ///   - folder: made when missing.
  ///   - registry: one document; its models are mirrored.
  ///   - transport: for files of the network.
  /// - Throws: `older-registry` when the folder holds a later version of the registry;
  ///   `cannot-write`, `invalid-json`.
  package init(
    _ folder: String, of registry: Registry, transport: any Transport,
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) {
    try MirrorSync.checkPlace(folder)
    try Folder.create(folder)
    self.folder = Folder.absolute(folder)
    self.registry = registry
    self.transport = transport
    self.progress = progress
    let there = "\(self.folder)/\(MirrorTree.registryName)"
    if Folder.kind(there) != nil, let version = try OrderedJSON(contentsOf: there)["version"]?.int,
      version > registry.version
    {
      throw NNXError(
        .olderRegistry,
        "\(there) has version \(version); the registry in use has only "
          + "\(registry.version)",
        fixes: ["Update nnx or its registries, then try again: nnx registry update"])
    }
  }

  /// The published files of a model, with their places in the tree.
  ///
  /// - Throws: `file-not-found` for files that should have come with nnx.
  package static func files(
    of card: ModelCard, in registry: Registry
  ) throws(NNXError) -> [(file: RemoteFile, path: String)] {
    var files: [(file: RemoteFile, path: String)] = []
    for set in card.weights {
      for file in set.files {
        let remote = try registry.remoteFile(file, of: set)
        if let path = MirrorTree.path(of: remote) { files.append((remote, path)) }
      }
    }
    return files
  }

  /// Brings the files of models here, then writes registry and checksums.
  ///
  /// - Throws: what `Transport.fetch` throws; what is complete by then stays.
  package func run(_ cards: [ModelCard]) throws(NNXError) -> Result {
    var result = Result()
    var sums = try MirrorSync.sums(of: folder)
    var seen: Set<String> = []
    for card in cards {
      for (file, path) in try MirrorSync.files(of: card, in: registry)
      where seen.insert(path).inserted {
        if let sha256 = try rightDigest(of: path, file) {
          sums[path] = sha256
          result.kept.append(path)
        } else {
          // A damaged file of the mirror is fetched anew; somebody else's stays.
          let isKnown = sums[path] != nil
          try OutputPlan.checkExisting(
            [.init("\(folder)/\(path)") { _ in isKnown ? .nnx : .someone }], overwrites: true)
          sums[path] = try bring(file, to: path)
          result.fetched.append(path)
          if case .file(let size)? = Folder.kind("\(folder)/\(path)") { result.bytes += size }
        }
      }
    }
    try write(
      MirrorTree.registry(registry.document).text(pretty: true) + "\n",
      to: MirrorTree.registryName)
    sums[MirrorTree.registryName] = try Digest.ofFile(
      "\(folder)/\(MirrorTree.registryName)", .sha256)
    for path in sums.keys where Folder.kind("\(folder)/\(path)") == nil { sums[path] = nil }
    try write(
      sums.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined(),
      to: MirrorTree.sumsName)
    return result
  }

  /// Refuses a folder whose registry or checksums are not those of a mirror.
  private static func checkPlace(_ folder: String) throws(NNXError) {
    let isMirror = try sums(of: folder)[MirrorTree.registryName] != nil
    let outputs = [MirrorTree.registryName, MirrorTree.sumsName].map { name in
      OutputPlan.Output("\(folder)/\(name)") { _ in isMirror ? .nnx : .someone }
    }
    try OutputPlan.check(outputs, reading: [], overwrites: true)
  }

  private func write(_ text: String, to name: String) throws(NNXError) {
    try AtomicFile.write(text, to: "\(folder)/\(name)")
  }

  /// SHA-256 of a file that is there and as promised; `nil` when it has to be fetched.
  private func rightDigest(of path: String, _ file: RemoteFile) throws(NNXError) -> String? {
    guard Folder.kind("\(folder)/\(path)") != nil else { return nil }
    var local = file
    local.urls = ["\(folder)/\(path)"]
    do throws(NNXError) {
      return try LocalTransport().fetch(local, progress: progress).sha256
    } catch {
      guard error.code == .integrity else { throw error }
      return nil
    }
  }

  private func bring(_ file: RemoteFile, to path: String) throws(NNXError) -> String {
    let target = "\(folder)/\(path)"
    try Folder.create(parentFolder(target))
    let isLocal = EmbeddedFile.isLocal(file.urls.first)
    let fetched = try (isLocal ? LocalTransport() : transport).fetch(file, progress: progress)
    if fetched.isTemporary, SystemCall.rename(fetched.file.path, to: target) {
      try? Folder.remove("\(fetched.file.path).json")
      try syncFolder(of: target)
      return fetched.sha256
    }
    let copy = try AtomicFile(target)
    let digest = Digest(.sha256)
    try fetched.file.forEachPiece { (piece) throws(NNXError) in
      try copy.write(piece)
      digest.update(piece)
    }
    guard digest.finish() == fetched.sha256 else {
      throw NNXError(.unreadable, "\(fetched.file.path) changed while it was copied")
    }
    try copy.commit()
    fetched.discard()
    return fetched.sha256
  }

  /// The checksums that an earlier run wrote, by path.
  private static func sums(of folder: String) throws(NNXError) -> [String: String] {
    let path = "\(folder)/\(MirrorTree.sumsName)"
    guard Folder.kind(path) != nil else { return [:] }
    let reader = try FileReader(path)
    let text = String(decoding: try reader.bytes(at: 0, count: reader.count), as: UTF8.self)
    var sums: [String: String] = [:]
    for line in text.split(separator: "\n") where line.utf8.count > 66 {
      sums[String(line.dropFirst(66))] = String(line.prefix(64))
    }
    return sums
  }
}
