import NNXSystem

/// Names of archive entries that may become files: relative, without tricks, short.
package enum EntryPath {
  /// Bytes of a whole path, as Linux limits one name.
  private static let longest = 255
  /// Bytes of the name of a container's member.
  private static let longestMember = 512
  /// Folders in a path and its file; nnU-Net's results need five.
  private static let deepest = 12

  /// Checks the raw name of an entry.
  ///
  /// - Parameter archive: path of the archive, for errors.
  /// - Returns: the name; the name of a folder keeps its last slash.
  /// - Throws: `unsafe-archive` with the rule that the name breaks.
  package static func check(_ name: [UInt8], archive: String) throws(NNXError) -> String {
    guard let path = String(validating: name, as: UTF8.self) else {
      throw .unsafeArchive(archive, "an entry's name is not UTF-8")
    }
    func refuse(_ reason: String) -> NNXError {
      .unsafeArchive(archive, "the entry \(quoted(path)) \(reason)")
    }
    guard !path.isEmpty, path != "/" else { throw refuse("has no name") }
    guard name.count <= longest else { throw refuse("has a name longer than \(longest) bytes") }
    guard !path.hasPrefix("/") else { throw refuse("has an absolute name") }
    guard !name.contains(UInt8(ascii: "\\")) else { throw refuse("has a backslash in its name") }
    guard name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw refuse("has a control character in its name")
    }
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    let parts = name.split(separator: slash, omittingEmptySubsequences: false)
    let names = name.last == slash ? parts.dropLast() : parts[...]
    guard names.count <= deepest else { throw refuse("lies more than \(deepest) levels deep") }
    for name in names {
      guard !name.isEmpty, !name.elementsEqual([dot]) else {
        throw refuse("has an empty part in its name")
      }
      guard !name.elementsEqual([dot, dot]) else {
        throw refuse("leads out of the archive's folder")
      }
      guard name.dropFirst().first != UInt8(ascii: ":") else { throw refuse("names a drive") }
    }
    return path
  }

  /// What the name becomes on a file system that ignores case; Swift compares strings by canonical
  /// equivalence, so composed and decomposed accents are the same already.
  static func folded(_ path: String) -> String {
    (path.hasSuffix("/") ? String(path.dropLast()) : path).lowercased()
  }

  /// Checks the raw name of a zip's entry: as the name of a file, or as that of a container's member.
  ///
  /// - Throws: what `rules` say.
  static func check(
    _ name: [UInt8], archive: String, _ rules: ZipRules
  ) throws(NNXError) -> String {
    guard rules.isContainer else { return try check(name, archive: archive) }
    guard !name.isEmpty, name.count <= longestMember,
      let path = String(validating: name, as: UTF8.self),
      path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }),
      !path.hasPrefix("/"),
      !path.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
        $0 == ".." || $0 == "."
      })
    else { throw rules.refusal(archive, .name, "an entry has a name that is not allowed") }
    return path
  }

  private static func quoted(_ path: String) -> String {
    let shown = path.unicodeScalars.prefix(80).map {
      $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0)
    }
    return "'\(shown.joined())'"
  }
}
