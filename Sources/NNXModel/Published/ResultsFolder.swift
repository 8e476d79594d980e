import NNXSystem

/// Finds nnU-Net's models in an unpacked folder by what the folders hold, whatever they are called
/// and however deep they lie.
package struct ResultsFolder: Sendable {
  static let deepest = 12
  static let mostFiles = 100_000

  package let root: String
  /// Sorted by folder.
  package let models: [PublishedModel]

  /// Searches `root`.
  ///
  /// - Throws: `no-model` when there is none; `invalid-model`, `invalid-checkpoint`, `unsafe-pickle`
  ///   when one is damaged; `unreadable`.
  package init(_ root: String) throws(NNXError) {
    self.root = root
    var tree = FileTree(root)
    try tree.read("", 0)
    var models: [PublishedModel] = []
    for folder in tree.folders.sorted() {
      if let model = try PublishedModel(found: folder, in: tree) { models.append(model) }
    }
    guard !models.isEmpty else {
      if let archive = tree.archive {
        throw NNXError(
          .noModel, "no nnU-Net model in \(root); it holds \(archive)",
          fixes: ["Unpack it, and install that: nnx install \(archive)"])
      }
      throw NNXError(
        .noModel, "no nnU-Net model in \(root)",
        details: [
          "A v2 model has plans.json, dataset.json and fold_*/checkpoint_*.pth;"
            + " a v1 model has fold_*/model_*.model with .model.pkl"
        ])
    }
    self.models = models
  }
}

/// The folders and files below a folder, without what archivers and desktops leave behind.
struct FileTree {
  let root: String
  /// Relative paths; the root itself is empty.
  private(set) var folders: [String] = []
  /// Names of the files in each folder.
  private(set) var files: [String: [String]] = [:]
  /// Names of the folders in each folder.
  private(set) var subfolders: [String: [String]] = [:]
  private var count = 0

  init(_ root: String) { self.root = root }

  static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// Lists what lies below `folder`; links are not followed.
  mutating func read(_ folder: String, _ depth: Int) throws(NNXError) {
    guard depth <= ResultsFolder.deepest else {
      throw NNXError(.invalidModel, "\(root)/\(folder) lies too deep")
    }
    folders.append(folder)
    for name in try Folder.entries(FileTree.join(root, folder)) {
      if name == "__MACOSX" || name.hasPrefix(".") { continue }
      count += 1
      guard count <= ResultsFolder.mostFiles else {
        throw NNXError(.invalidModel, "\(root) holds too many files")
      }
      let path = FileTree.join(folder, name)
      switch Folder.kind(FileTree.join(root, path)) {
      case .folder:
        subfolders[folder, default: []].append(name)
        try read(path, depth + 1)
      case .file: files[folder, default: []].append(name)
      default: continue
      }
    }
  }

  /// The first archive among the files: its path.
  var archive: String? {
    for folder in folders {
      if let name = files[folder]?.first(where: ArchiveName.isArchive) {
        return FileTree.join(folder, name)
      }
    }
    return nil
  }

  /// Every file below `folder`, relative to it.
  func allFiles(below folder: String) -> [String] {
    let own = files[folder] ?? []
    let deeper = (subfolders[folder] ?? []).flatMap { name in
      allFiles(below: FileTree.join(folder, name)).map { "\(name)/\($0)" }
    }
    return (own + deeper).sorted()
  }
}
