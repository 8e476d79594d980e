import NNXModel
import NNXSystem

/// The address of one file, or of a folder of loose ones, of a place of publication whose records have no numbers.
package struct PublishedAddress: Equatable, Sendable {
  package let url: String

  /// - Returns: `nil` for any other text.
  init?(_ text: String) {
    let url = text.prefix { $0 != "?" && $0 != "#" }
    let address = url.hasSuffix("/") ? String(url.dropLast()) : String(url)
    guard
      publishingHosts().contains(where: {
        $0.record(of: address) != nil || $0.folder(of: address) != nil
      })
    else { return nil }
    self.url = address
  }

  /// Name of the file.
  var key: String { percentDecoded(lastComponent(url)) ?? lastComponent(url) }
}

extension Registry {
  /// The entries that name the file of an address.
  func cards(from address: PublishedAddress) -> [ModelCard] {
    // Few entries name it: the text tells which cards to make.
    entries.names.indices.filter { mayName(address.url, at: $0) }.map { entries[$0] }
      .filter { card in
        card.weights.contains { set in
          set.files.contains { set.addresses(of: $0).contains(address.url) }
        }
      }
  }

  private func mayName(_ url: String, at position: Int) -> Bool {
    text.map { $0.mayHave([lastComponent(url).lowercased()], at: position) } ?? true
  }
}

extension InstallPlan {
  /// The plan for a file of a place of publication that no registry describes.
  ///
  /// - Parameter name: what to call the model; made from the file's name when `nil`.
  /// - Throws: `record-not-found` when there is no such file; `usage`; what asking the host throws.
  init(_ address: PublishedAddress, name: String?, asking web: Web) throws(NNXError) {
    guard let host = web.hosts.publisher(of: address.url) else {
      throw NNXError(.bug, "\(address.url) is no address of a publisher")
    }
    if let folder = host.folder(of: address.url) {
      var known: [String: [RemoteFile]] = [:]
      let file = try RemoteFile(name: folder.name, urls: [address.url]).listed(
        web.hosts, asking: web, known: &known)
      try self.init(file, of: folder.record, name: name)
      return
    }
    guard let record = host.record(of: address.url)
    else { throw NNXError(.bug, "\(address.url) is no address of a publisher") }
    let files = try host.files(of: record, asking: web)
    guard let file = files.first(where: { $0.lies(at: address.url) }) else {
      throw NNXError(
        .recordNotFound, "\(record) has no file '\(address.key)'", details: files.map(\.name))
    }
    try self.init(file, of: record, name: name)
  }

  private init(_ file: RemoteFile, of record: String, name: String?) throws(NNXError) {
    let name = try InstallPlan.name(name, for: file.name)
    self.init(
      name: name, version: nil, title: "\(file.name) of \(record)", organs: [], modalities: [],
      kind: .record, origin: .network, registry: nil, items: [Item(set: name, files: [file])],
      licenses: [], card: nil, stated: nil, promise: nil)
  }
}

extension RemoteFile {
  /// Whether an address means one of the file's own, however it is encoded.
  func lies(at url: String) -> Bool {
    let wanted = percentDecoded(url)
    return urls.contains { $0 == url || percentDecoded($0) == wanted }
  }
}
