import NNXImage
import NNXSystem

/// The run records of a folder of results, and of those below it.
package enum CohortRecords {
  private static let deepest = 16

  /// Paths of the records from the folder, sorted. Hidden folders and links to folders are not looked into.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func places(below folder: String) throws(NNXError) -> [String] {
    var found: [String] = []
    var pending = [(place: "", depth: 0)]
    while let (place, depth) = pending.popLast() {
      let prefix = place.isEmpty ? "" : place + "/"
      for name in try Folder.entries(prefix.isEmpty ? folder : "\(folder)/\(place)")
      where !name.hasPrefix(".") {
        if name.hasSuffix(ResultFile.recordEnding) {
          found.append(prefix + name)
        } else if ImageFormat.ending(of: name) == nil, !name.hasSuffix(".json"), depth < deepest,
          Folder.kind("\(folder)/\(prefix)\(name)") == .folder
        {
          pending.append((prefix + name, depth + 1))
        }
      }
    }
    return found.sorted()
  }
}
