import NNXSystem

/// A folder of loose files in a record: a model that nobody put into an archive.
struct PublishedFolder: Equatable {
  /// As the host names it.
  let record: String
  /// Address of the file at the top of the record whose path is added.
  let base: String
  /// From the record's top; empty: all of it.
  let path: String
  /// What people call it: the folder's name, else that of the repository.
  let name: String

  /// How a file of the record is called in the folder, below its name; `nil`: it lies elsewhere, or is nothing
  /// that nnU-Net reads.
  func member(_ file: RemoteFile) -> String? {
    guard let url = file.urls.first, url.hasPrefix(base),
      let place = percentDecoded(String(url.dropFirst(base.count))),
      path.isEmpty || place.hasPrefix(path + "/")
    else { return nil }
    let own = path.isEmpty ? place : String(place.dropFirst(path.count + 1))
    let isHidden = own.split(separator: "/").contains { $0.hasPrefix(".") }
    let member = "\(name)/\(own)"
    guard !isHidden, Self.endings.contains(where: own.hasSuffix),
      StoredPath.flaw(of: member) == nil
    else { return nil }
    return member
  }

  /// The address of a file that `member` named so.
  func address(of member: String) -> String {
    let own = String(member.dropFirst(name.count + 1))
    return base + percentEncoded(path: path.isEmpty ? own : "\(path)/\(own)")
  }

  /// Plans, descriptions and checkpoints of both generations.
  private static let endings = [".json", ".pkl", ".pth", ".model"]
}

extension RemoteFile {
  /// Most files of a folder that are fetched: a model of five folds in three configurations has sixty.
  private static let mostFiles = 2000

  /// The folder that one of its addresses means, and the host.
  func folder(among hosts: HostPolicy) -> (folder: PublishedFolder, host: any PublishingHost)? {
    for url in urls {
      guard let host = hosts.publisher(of: url), let folder = host.folder(of: url) else { continue }
      return (folder, host)
    }
    return nil
  }

  /// The file with what lies in the folder that it is; as it is, where it is none.
  ///
  /// - Throws: `record-not-found` for a folder without a model's files; what asking the host throws.
  func listed(
    _ hosts: HostPolicy, asking web: Web, known: inout [String: [RemoteFile]]
  ) throws(NNXError) -> RemoteFile {
    guard let (folder, host) = folder(among: hosts) else { return self }
    let key = "\(host.token.host) \(folder.record)"
    if known[key] == nil { known[key] = try host.files(of: folder.record, asking: web) }
    var contents: [RemoteFile] = []
    for file in known[key] ?? [] {
      guard let member = folder.member(file) else { continue }
      var own = file
      (own.name, own.isArchive) = (member, false)
      contents.append(own)
    }
    guard !contents.isEmpty, contents.count <= Self.mostFiles else {
      throw NNXError(
        .recordNotFound,
        "\(folder.record) has \(contents.isEmpty ? "no files of a model" : "too many files")"
          + (folder.path.isEmpty ? "" : " in \(folder.path)"),
        fixes: ["Open it in a browser, and give the address of the folder with plans.json"])
    }
    var result = self
    result.contents = contents.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return result
  }
}
