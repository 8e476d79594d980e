import NNXModel
import NNXSystem

/// A file that somebody publishes, with what is known about it beforehand.
package struct RemoteFile: Sendable, Equatable {
  /// What people call it: `Dataset007_Nodules.zip`.
  package var name: String
  /// Where it lies, best first; the others are mirrors. A path of this machine begins with a slash
  /// (`EmbeddedFile.isLocal`).
  package var urls: [String]
  /// Bytes.
  package var size: Int?
  /// Lower-case hexadecimal digits.
  package var md5: String?
  package var sha256: String?
  /// The most bytes to accept when `size` is unknown.
  package var sizeLimit = 64 << 30
  /// Whether it must begin as a zip file does.
  package var isArchive = true
  /// Hosts that may serve this file besides those of the `HostPolicy`: named by its registry alone.
  package var hosts: Set<String> = []
  /// What is promised of entries of an archive.
  package var members: [WeightSet.Member] = []

  package init(
    name: String, urls: [String], size: Int? = nil, md5: String? = nil, sha256: String? = nil
  ) {
    self.name = name
    self.urls = urls
    self.size = size
    self.md5 = md5
    self.sha256 = sha256
  }

  /// Compares what arrived with what was promised.
  ///
  /// - Parameter source: where it came from, for the error.
  /// - Throws: `integrity` with both values of the first that differs.
  package func check(
    size: Int, md5: String, sha256: String, from source: String
  ) throws(NNXError) {
    let promised = [
      ("size", self.size.map(String.init), String(size)), ("sha256", self.sha256, sha256),
      ("md5", self.md5, md5),
    ]
    for case (let what, .some(let expected), let got) in promised where expected != got {
      throw NNXError(
        .integrity, "\(name) is not the file the registry names",
        details: ["expected \(what)  \(expected)", "got      \(what)  \(got)  from \(source)"],
        fixes: ["Nothing was installed; try again later, or tell the registry's maintainers"])
    }
  }
}

extension RemoteFile {
  /// Compares an unpacked entry with what was promised of it.
  ///
  /// - Throws: `integrity`.
  func check(member: Archive.UnpackedFile) throws(NNXError) {
    guard let promised = members.first(where: { $0.path == member.path }) else { return }
    for case (let what, .some(let expected), let got) in [
      ("size", promised.size.map(String.init), String(member.size)),
      ("sha256", promised.sha256, member.sha256),
    ] where expected != got {
      throw NNXError(
        .integrity, "\(member.path) in \(name) is not the file the registry names",
        details: ["expected \(what)  \(expected)", "got      \(what)  \(got)"],
        fixes: ["Nothing was installed; try again later, or tell the registry's maintainers"])
    }
  }
}

/// A file that is here now, complete and as promised.
package struct FetchedFile: Sendable {
  /// Open since before it was hashed, so that nobody can put another in its place.
  package var file: FileReader
  package var size: Int
  package var md5: String
  package var sha256: String
  /// Which of the addresses it came from.
  package var source: String
  /// Bytes that crossed the network this time; fewer than `size` after a resumed download.
  package var transferred: Int
  /// Whether it lies in the cache and may be deleted after use.
  package var isTemporary: Bool
}

/// What brings published files to this machine and checks them.
package protocol Transport: Sendable {
  /// Compares a plan with what its publisher says today, and completes it.
  ///
  /// - Throws: `integrity` when they differ; see `RecordCheck`.
  func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan

  /// Fetches one file; returns only when its size and digests are those that were promised.
  ///
  /// - Throws: `integrity`, `unreachable`, `host-refused`, `forbidden-host`, `offline`,
  ///   `file-not-found`, `no-space`.
  func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile

  /// What reads parts of `file` where it lies, and under which addresses; `nil` when it has to be
  /// fetched whole.
  func parts(of file: RemoteFile) -> (HTTPTransport, RemoteFile)?
}

/// Files that are on this machine already: given by path, or shipped with the registry.
package struct LocalTransport: Transport {
  package init() {}

  /// Nobody else says anything about files of this machine.
  package func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan { plan }

  package func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    guard let path = file.urls.first else {
      throw NNXError(.bug, "\(file.name) has no address")
    }
    let reader = try EmbeddedFile.open(path)
    let counter = SharedCounter(
      ByteCounter(.verify, file.name, total: reader.count, progress))
    let algorithms = [Digest.Algorithm.sha256, .md5]
    let digests = Shared<[Digest.Algorithm: String]>([:])
    // Each with a processor of its own; the second finds the bytes in memory.
    try Parallel.forEach(algorithms.count) { (index) throws(NNXError) in
      let algorithm = algorithms[index]
      let digest = Digest(algorithm)
      try reader.forEachPiece { (piece) throws(NNXError) in
        digest.update(piece)
        if algorithm == .sha256 { counter.add(piece.byteCount) }
      }
      let text = digest.finish()
      digests.change { $0[algorithm] = text }
    }
    counter.finish()
    let fetched = FetchedFile(
      file: reader, size: reader.count, md5: digests.value[.md5] ?? "",
      sha256: digests.value[.sha256] ?? "", source: path, transferred: 0, isTemporary: false)
    try file.check(
      size: fetched.size, md5: fetched.md5, sha256: fetched.sha256, from: path)
    return fetched
  }
}
