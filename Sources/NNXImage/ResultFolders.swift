import NNXSystem

/// The run records of a folder of results, and of those below it: results lie as their images do.
package enum ResultFolders {
  private static let deepest = 16

  /// Paths of the records from the folder, sorted. Hidden folders and links to folders are not looked into.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func records(below folder: String) throws(NNXError) -> [String] {
    var found: [String] = []
    var pending = [(place: "", depth: 0)]
    guard Folder.isFolder(folder) == true else {
      throw NNXError(
        .fileNotFound, "there is no folder \(folder)",
        fixes: ["Give the folder that nnx predict wrote to (-o)"])
    }
    while let (place, depth) = pending.popLast() {
      let prefix = place.isEmpty ? "" : place + "/"
      for name in try Folder.entries(prefix.isEmpty ? folder : "\(folder)/\(place)")
      where !name.hasPrefix(".") {
        if name.hasSuffix(ResultFile.recordEnding) {
          found.append(prefix + name)
        } else if depth < deepest, !isCommonFile(name),
          Folder.kind("\(folder)/\(prefix)\(name)") == .folder
        {
          pending.append((prefix + name, depth + 1))
        }
      }
    }
    return found.sorted()
  }

  /// Whether a name is one of those that files of results mostly have, which need no look.
  private static func isCommonFile(_ name: String) -> Bool {
    [".nii.gz", ".json", ".png", ".csv"].contains(where: name.hasSuffix)
  }
}
