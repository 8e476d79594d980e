import NNXSystem

/// What a zip may be, and the words for one that is something else.
///
/// Archives that people bring (`modelArchive`) may come from any packer and become files. Containers that
/// one known program writes, torch's and NumPy's, have many more members and are read in place.
package struct ZipRules: Sendable {
  package var limits: ArchiveLimits
  /// Whether one known program wrote it and its members never become files: nothing follows the end record,
  /// local headers may leave out numbers, kinds of entries and second names do not matter, and names need
  /// not be names of files.
  let isContainer: Bool
  private let words: @Sendable (ZipProblem, String) -> NNXError

  /// The rules for a container.
  ///
  /// - Parameter words: the error for a problem of the file of that path.
  package init(
    container limits: ArchiveLimits = .container,
    _ words: @escaping @Sendable (ZipProblem, String) -> NNXError
  ) {
    self.limits = limits
    self.words = words
    isContainer = true
  }

  private init(modelArchive limits: ArchiveLimits) {
    self.limits = limits
    isContainer = false
    words = { problem, path in
      let reason = problem.entry.map { "the entry '\($0)' \(problem.reason)" } ?? problem.reason
      return switch problem.kind {
      case .end: .notAZip(path)
      case .checksum, .content: .corruptArchive(path, reason)
      default: .unsafeArchive(path, reason)
      }
    }
  }

  /// For what publishers offer and people pack: `not-a-zip`, `unsafe-archive`, `corrupt-archive`.
  package static func modelArchive(_ limits: ArchiveLimits = .init()) -> ZipRules {
    ZipRules(modelArchive: limits)
  }

  func refusal(
    _ path: String, _ kind: ZipProblem.Kind, _ reason: String, entry: String? = nil
  ) -> NNXError {
    words(ZipProblem(kind: kind, entry: entry, reason: reason), path)
  }
}

/// What is wrong with a zip.
package struct ZipProblem: Sendable {
  package enum Kind: Sendable {
    /// Of the file: no end record, parts elsewhere, the ZIP64 end record, where the directory is.
    case end, split, zip64, place
    /// Of the directory, or of the space between its entries and its end.
    case tooMany(Int)
    case directory, gap
    /// Of an entry in the directory; `type` is about links, devices and folders with contents.
    case name, encrypted
    case method(UInt16)
    case sizes, extraField, zip64Field, type
    /// Of a local header, or of where it and the content end.
    case header, headerEnd, cutShort, overlap
    /// Of what an entry unpacks to.
    case checksum, content
  }

  package var kind: Kind
  /// The entry it is about, by its name in the zip.
  package var entry: String?
  /// In words that follow the entry's name or the file's.
  package var reason: String
}
