import NNXImage
import NNXModel
import NNXSystem

extension FolderEnsemble {
  /// Checks that no two folders call one value differently.
  ///
  /// - Returns: a line on those that carry no names.
  /// - Throws: `different-labels`.
  static func checkNames(
    _ folders: [String], _ cases: [String]
  ) throws(NNXError) -> [String] {
    var known: (folder: String, table: LabelTable)?
    var nameless: [String] = []
    for folder in folders {
      let dataset = try names(of: folder)
      for (index, name) in cases.enumerated() where dataset == nil || index == 0 {
        let table = if let dataset { dataset } else { try names(of: name, in: folder) }
        guard table.entries.contains(where: \.isNamed) else {
          if nameless.last != folder { nameless.append(folder) }
          continue
        }
        guard let first = known else {
          known = (folder, table)
          continue
        }
        if let (own, other) = first.table.contradiction(table) {
          throw NNXError(
            .differentLabels, "\(first.folder) and \(folder) hold predictions of different labels",
            details: ["\(own.value) is \(own.name) in the first, \(other.name) in the second"],
            fixes: ["Average predictions of the same labels only"])
        }
      }
    }
    guard !nameless.isEmpty else { return [] }
    return [
      "no names of labels in \(nameless.joined(separator: ", ")): whether they are the same as "
        + "the others' is not known"
    ]
  }

  /// What the values of a case stand for: as the dataset.json says that was given, else as the first folder
  /// has it that tells.
  func names(of name: String) throws(NNXError) -> LabelTable {
    if let dataset { return LabelTable(dataset.labels) }
    for folder in folders {
      if let table = try FolderEnsemble.names(of: folder) { return table }
      let table = try FolderEnsemble.names(of: name, in: folder)
      if !table.isEmpty { return table }
    }
    return LabelTable()
  }

  /// As the `dataset.json` has it that nnU-Net copies into its results; `nil` where there is none.
  private static func names(of folder: String) throws(NNXError) -> LabelTable? {
    let path = "\(folder)/dataset.json"
    guard Folder.isFolder(path) == false else { return nil }
    return LabelTable(try DatasetJSON(contentsOf: path).labels)
  }

  /// As the record of nnx has it, or the segmentation itself; may be empty.
  private static func names(of name: String, in folder: String) throws(NNXError) -> LabelTable {
    if let record = try record(of: name, in: folder) {
      let table = LabelTable(record: record)
      if !table.isEmpty { return table }
    }
    guard let path = segmentation(of: name, in: folder) else { return LabelTable() }
    return try readLabelTable(path)
  }
}
