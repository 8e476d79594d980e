import NNXModel
import NNXSystem

/// Where a mirror keeps files, below its root (docs/format/mirror.md). A mirror is a folder of this
/// machine, or an address that any web server serves it under.
enum MirrorTree {
  static let registryName = "registry.json"
  static let sumsName = "SHA256SUMS"

  /// The path of a published file: as on Zenodo, `records/<record>/files/<key>`; for files from
  /// elsewhere `files/<digest>/<key>`. `nil` for a file about which nothing is known.
  static func path(of file: RemoteFile) -> String? {
    for url in file.urls where url.hasPrefix("https://zenodo.org/") {
      if let reference = try? ZenodoReference(url), let key = reference.file {
        return path(record: reference.record, key: key, digest: nil)
      }
    }
    return path(record: nil, key: file.name, digest: file.md5 ?? file.sha256)
  }

  private static func path(record: Int?, key: String, digest: String?) -> String? {
    if let record { return "records/\(record)/files/\(key)" }
    return digest.map { "files/\($0)/\(key)" }
  }

  /// The file with the mirror at `root` as the first address.
  static func file(_ file: RemoteFile, on root: String) -> RemoteFile {
    guard let path = path(of: file) else { return file }
    var file = file
    let url = "\(plain(root))/\(percentEncoded(path: path))"
    file.urls.insert(url, at: 0)
    if let host = URLParts(url)?.policyName { file.hosts.insert(host) }
    return file
  }

  static func plain(_ root: String) -> String {
    root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  /// The registry for a mirror: every file has its place in the tree as `path`. A function of the
  /// registry alone, so that one version always has one content.
  static func registry(_ document: OrderedJSON) -> OrderedJSON {
    document.replacing("models") { models in
      models.mapped { model in
        model.replacing("weights") { sets in
          sets.mapped { set in
            let record = set["record"]?.int
            return set.replacing("files") { $0.mapped { placed($0, record: record) } }
          }
        }
      }
    }
  }

  private static func placed(_ file: OrderedJSON, record: Int?) -> OrderedJSON {
    let digest = file["md5"]?.string ?? file["sha256"]?.string
    guard let key = file["key"]?.string, let members = file.members,
      let path = path(record: record, key: key, digest: digest)
    else { return file }
    return .object(members.filter { $0.key != "path" } + [.init("path", .string(path))])
  }
}

extension OrderedJSON {
  /// The object with one member changed.
  fileprivate func replacing(_ key: String, _ change: (OrderedJSON) -> OrderedJSON) -> OrderedJSON {
    guard let members else { return self }
    return .object(members.map { $0.key == key ? Member(key, change($0.value)) : $0 })
  }

  /// The list with every element changed.
  fileprivate func mapped(_ change: (OrderedJSON) -> OrderedJSON) -> OrderedJSON {
    array.map { .array($0.map(change)) } ?? self
  }
}
