import NNXSystem

/// A file that is here now, complete and as promised.
package struct FetchedFile: Sendable {
  /// Open since before it was hashed, so that nobody can put another in its place.
  var file: FileReader
  var size: Int
  var md5: String
  var sha256: String
  /// Which of the addresses it came from.
  var source: String
  /// Bytes that crossed the network this time; fewer than `size` after a resumed download.
  var transferred: Int
  /// Whether it lies in the cache and may be deleted after use.
  var isTemporary: Bool

  /// Copies the bytes that were hashed to a new file.
  ///
  /// - Throws: `integrity` when others are read now; `cannot-write`, `no-space`, `unreadable`.
  func write(to path: String) throws(NNXError) {
    try Folder.create(parentFolder(path))
    let output = try NewFile(path)
    try file.forEachPiece { (piece) throws(NNXError) in try output.write(piece) }
    guard try output.close() == sha256 else {
      throw NNXError(.integrity, "\(file.path) was changed after it was checked")
    }
  }

  /// Removes it from the cache, if it lies there.
  func discard() {
    if isTemporary { DownloadFile(file.path)?.remove() }
  }
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

extension Transport {
  /// Nobody else says anything about files that are here.
  package func confirm(_ plan: InstallPlan) -> InstallPlan { plan }
}
