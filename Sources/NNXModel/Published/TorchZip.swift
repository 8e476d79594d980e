import NNXArchive
import NNXSystem

/// The zip that PyTorch (1.6 and later) writes its checkpoints as, read strictly.
///
/// Positions come from the central directory, as they must: torch leaves the sizes in local headers
/// empty. Nothing may overlap, be repeated, be encrypted, lie outside one common folder, or follow
/// the end of the directory. Members are stored, or deflated when someone has packed the file again.
struct TorchZip: Sendable {
  /// By name without the common folder: `data.pkl`, `data/17`.
  let members: [String: ArchiveEntry]
  private let zip: MappedZip

  /// Reads the directory.
  ///
  /// - Throws: `invalid-checkpoint`.
  init(_ file: MappedFile) throws(NNXError) {
    zip = try MappedZip(file, TorchZip.rules)
    members = try TorchZip.withoutFolder(zip.entries, file.path)
  }

  /// Calls `body` with the content of a member, after its CRC-32 has been checked.
  ///
  /// - Throws: `invalid-checkpoint` when the content differs from what the directory says.
  func withContent<Result>(
    of member: ArchiveEntry, _ body: (RawSpan) throws(NNXError) -> Result
  ) throws(NNXError) -> Result { try zip.withContent(of: member, body) }

  private static func withoutFolder(
    _ entries: [ArchiveEntry], _ source: String
  ) throws(NNXError) -> [String: ArchiveEntry] {
    var members: [String: ArchiveEntry] = [:]
    var folder: Substring?
    for var entry in entries {
      guard let slash = entry.path.firstIndex(of: "/") else {
        throw .invalidCheckpoint(
          source, "the member '\(printable(entry.path))' lies outside of a folder")
      }
      guard folder ?? entry.path[..<slash] == entry.path[..<slash] else {
        throw .invalidCheckpoint(source, "its members lie in several folders")
      }
      folder = entry.path[..<slash]
      entry.path = String(entry.path[entry.path.index(after: slash)...])
      if entry.path.isEmpty || entry.path.hasSuffix("/") {
        guard entry.size == 0 else { throw .invalidCheckpoint(source, "a folder with content") }
        continue
      }
      guard members.updateValue(entry, forKey: entry.path) == nil else {
        throw .invalidCheckpoint(source, "the member '\(printable(entry.path))' is repeated")
      }
    }
    return members
  }

  private static let rules = ZipRules { .invalidCheckpoint($1, words($0)) }

  private static func words(_ problem: ZipProblem) -> String {
    let name = "'\(printable(problem.entry ?? ""))'"
    return switch problem.kind {
    case .end: "it does not end with a zip directory; it may be cut short"
    case .split: "it is one part of several"
    case .zip64: "its ZIP64 directory is damaged"
    case .place: "the place of its zip directory is wrong"
    case .tooMany(let count): "\(count) members"
    case .directory: "its zip directory is damaged"
    case .gap: "the directory has gaps"
    case .name: "a member has a name that is not allowed"
    case .encrypted: "\(name) is encrypted"
    case .method(let method): "\(name) is compressed by method \(method)"
    case .sizes: "\(name) has two sizes"
    case .extraField: "an extra field is damaged"
    case .zip64Field: "a ZIP64 field is damaged"
    case .type: "\(name) \(problem.reason)"
    case .header: "a member's header differs from the directory"
    case .headerEnd: "a member's header is damaged"
    case .cutShort: "\(name) is cut short"
    case .overlap: "its members overlap"
    case .checksum: "the checksum of \(name) differs"
    case .content: "the compressed bytes of \(name) are damaged"
    }
  }
}
