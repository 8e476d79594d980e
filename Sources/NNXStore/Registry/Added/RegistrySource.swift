import NNXSystem

extension NNXError.Code {
  /// An index that is older than the one known, or another of the same version.
  static let olderRegistry = NNXError.Code("older-registry", .integrity)
  /// Nobody said that a registry, or a host that it names, is to be trusted.
  package static let notTrusted = NNXError.Code("not-trusted", .forbidden)
  package static let unknownRegistry = NNXError.Code("unknown-registry", .notFound)
}

/// Where a registry's document lies: a file of this machine, or an HTTPS address.
package struct RegistrySource: Equatable, Sendable {
  /// Path or address of the document.
  package let document: String
  /// Folder or address that `path` members are relative to.
  package let base: String

  var isAddress: Bool { document.contains("://") }

  init(document: String, base: String) {
    self.document = document
    self.base = base
  }

  /// - Parameter text: a file, a folder with registry.json, or the address of either.
  /// - Throws: `file-not-found`; `usage` for addresses that are not HTTPS.
  package init(_ text: String) throws(NNXError) {
    guard text.contains("://") else {
      let path = Folder.isFolder(text) == true ? "\(text)/\(MirrorTree.registryName)" : text
      guard Folder.isFolder(path) == false else {
        throw NNXError(
          .fileNotFound, "there is no registry at \(path)",
          fixes: [
            "See who names it: nnx config get registry",
            "Without --registry, NNX_REGISTRY and the setting, nnx uses the registry it came with",
          ])
      }
      document = Folder.absolute(path)
      base = parentFolder(document)
      return
    }
    guard let parts = URLParts(text), parts.scheme == "https", !text.contains("?") else {
      throw NNXError(.usage, "'\(text)' is not an https address of a registry")
    }
    if text.hasSuffix(".json") {
      document = text
      base = parentFolder(text)
    } else {
      base = MirrorTree.plain(text)
      document = "\(base)/\(MirrorTree.registryName)"
    }
  }

  /// A name made of the source: the host, or the folder of the file.
  package var suggestedName: String {
    let text =
      URLParts(document)?.host ?? lastComponent(parentFolder(document))
    let plain = text.lowercased().utf8.map { byte -> UInt8 in
      let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2E
      return isPlain ? byte : UInt8(ascii: "-")
    }
    return String(decoding: plain, as: UTF8.self)
  }
}
