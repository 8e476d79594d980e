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
  var sizeLimit = 64 << 30
  /// Whether it must begin as a zip file does.
  package var isArchive = true
  /// Hosts that may serve this file besides those of the `HostPolicy`: named by its registry alone.
  package var hosts: Set<String> = []
  /// What is promised of entries of an archive.
  package var members: [WeightSet.Member] = []
  /// Of a folder of loose files what lies in it, named below the folder's name; `nil`: it is one file, or nobody looked
  /// yet. Its own size and SHA-256 are those of all of it: of the lines `SHA-256  NAME`, sorted.
  var contents: [RemoteFile]?
  /// Who promises size and digests.
  var promise = Promise.registry

  enum Promise {
    case registry
    /// The record that publishes it.
    case record
    /// What was measured when the model was installed before.
    case receipt

    /// Behind `the file`.
    var words: String {
      switch self {
      case .registry: "the registry names"
      case .record: "its record names"
      case .receipt: "that was installed before"
      }
    }
    /// Before a value.
    var says: String {
      switch self {
      case .registry: "the registry says"
      case .record: "its record says"
      case .receipt: "what is installed has"
      }
    }
  }

  /// Whether somebody promises a digest.
  var isPinned: Bool { sha256 != nil || md5 != nil }

  /// What the downloads of the file are called in the cache: it shares them under any address.
  ///
  /// - Parameter part: which part of it; `nil`: the whole.
  func cacheKey(part: String? = nil) -> String {
    let identity = sha256 ?? md5 ?? "\(urls.first ?? "") \(size.map(String.init) ?? "")"
    let key = String(Digest.sha256(identity).prefix(24))
    return part.map { String(Digest.sha256("part of \(key) \($0)").prefix(24)) } ?? key
  }
}

extension RemoteFile {
  /// Tries one address after the other until one of them serves.
  ///
  /// - Throws: the last error; the first that a later address cannot change.
  func atAnyAddress<Value>(
    _ body: (String) throws(NNXError) -> Value
  ) throws(NNXError) -> Value {
    let others: [NNXError.Code] = [
      .unreachable, .hostRefused, .rateLimited, .forbiddenHost, .integrity,
    ]
    var last: NNXError?
    for url in urls {
      do throws(NNXError) {
        return try body(url)
      } catch {
        guard others.contains(error.code) else { throw error }
        // What the bytes were worth outweighs what a later mirror did not answer.
        if last?.code != .integrity { last = error }
      }
    }
    throw last ?? NNXError(.bug, "\(name) has no address")
  }
}

/// What is promised of a file, and what comes instead.
extension RemoteFile {
  /// Compares what arrived with what was promised.
  ///
  /// - Parameter source: where it came from, for the error.
  /// - Throws: `integrity` with both values of the first that differs.
  func check(
    size: Int?, md5: String? = nil, sha256: String? = nil, from source: String
  ) throws(NNXError) {
    let got = [("size", size.map(String.init)), ("sha256", sha256), ("md5", md5)]
    try compare(name, facts, with: got, "from \(source)", RemoteFile.notInstalled)
  }

  /// Compares what a host says of the file with what was promised, before its bytes come.
  ///
  /// - Throws: as `check(size:md5:sha256:from:)`.
  func check(size: Int? = nil, md5: String?, statedBy url: String) throws(NNXError) {
    try compare(
      name, facts, with: [("size", size.map(String.init)), ("md5", md5)], "stated by \(url)",
      "Nothing was fetched; the record may have a newer version")
  }

  /// Compares an unpacked entry with what was promised of it.
  ///
  /// - Throws: as `check(size:md5:sha256:from:)`.
  func check(member: Archive.UnpackedFile) throws(NNXError) {
    guard let promised = members.first(where: { $0.path == member.path }) else { return }
    try compare(
      "\(member.path) in \(name)",
      ["size": promised.size.map(String.init), "sha256": promised.sha256],
      with: [("size", String(member.size)), ("sha256", member.sha256)], nil,
      RemoteFile.notInstalled)
  }

  private static let notInstalled =
    "Nothing was installed; try again later, or tell the registry's maintainers"

  private var facts: [String: String?] {
    ["size": size.map(String.init), "sha256": sha256, "md5": md5]
  }

  private func compare(
    _ name: String, _ promised: [String: String?], with got: [(what: String, value: String?)],
    _ source: String?, _ fix: String
  ) throws(NNXError) {
    for case (let what, let value?) in got {
      guard case let expected?? = promised[what], expected != value else { continue }
      throw NNXError(
        .integrity, "\(name) is not the file \(promise.words)",
        details: [
          "expected \(what)  \(expected)",
          "got      \(what)  \(value)" + (source.map { "  \($0)" } ?? ""),
        ], fixes: [fix])
    }
  }
}
