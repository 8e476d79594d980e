import NNXSystem

/// Links that let nnU-Net itself find every installed model: `results/nnUNet_results/Dataset…` and
/// `results/nnUNet/<configuration>/Task…`.
///
/// Derived from the receipts; made anew after every change, so that nothing can go stale for long.
struct ResultsView {
  let root: String
  /// Link names relative to `root` and what they say.
  private(set) var links: [String: String] = [:]
  /// Links that a second model wants, too; it stays reachable through its own folder.
  private(set) var conflicts: [(link: String, model: String)] = []

  /// - Parameter models: as the store lists them; default versions only are linked.
  init(of models: [InstalledModel], in location: StoreLocation) {
    root = "\(location.data)/results"
    for model in models where model.isDefault {
      for set in model.receipt.sets {
        for configuration in set.configurations {
          let parts = configuration.results.split(separator: "/")
          // nnUNet_results/Dataset… (v2) or nnUNet/<configuration>/Task… (v1).
          let link = parts.prefix(set.generation == 1 ? 3 : 2).joined(separator: "/")
          let folder = "\(model.folder(of: set))/\(link)"
          let up = String(repeating: "../", count: set.generation == 1 ? 3 : 2)
          let target =
            model.isShared ? folder : up + folder.dropFirst(location.data.count + 1)
          if let other = links[link], other != target {
            conflicts.append((link, model.name))
          } else {
            links[link] = target
          }
        }
      }
    }
  }

  /// Makes the folder of links say what the receipts say.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  ///
  /// A folder that is a link leads to what is somebody else's: nothing is written or removed there.
  func write() throws(NNXError) {
    guard linked == nil else { return }
    try Folder.create("\(root)/nnUNet_results")
    for (link, target) in links.sorted(by: { $0.key < $1.key }) {
      try Folder.create(parentFolder("\(root)/\(link)"))
      try SymbolicLink.set("\(root)/\(link)", to: target)
    }
    var folders = ["nnUNet_results"]
    if Folder.isFolder("\(root)/nnUNet") == true {
      folders += try Folder.entries("\(root)/nnUNet").map { "nnUNet/\($0)" }
    }
    for folder in folders where Folder.kind("\(root)/\(folder)") == .folder {
      for name in try Folder.entries("\(root)/\(folder)") {
        let link = "\(folder)/\(name)"
        if links[link] == nil, isOwn(SymbolicLink.target(of: "\(root)/\(link)")) {
          try Folder.remove("\(root)/\(link)")
        }
      }
    }
  }

  /// A folder of the view that is a link.
  var linked: String? {
    [root, "\(root)/nnUNet_results", "\(root)/nnUNet"].first { Folder.kind($0) == .link }
  }

  /// Whether a link is one that nnx makes: into the models of a store. Others are a person's.
  private func isOwn(_ target: String?) -> Bool {
    guard let target else { return false }
    return target.contains("/models/")
      && (target.contains("/nnUNet_results/") || target.contains("/nnUNet/"))
  }

  /// Links that are missing or say something else, relative to `root`.
  var differences: [String] {
    linked != nil
      ? []
      : links.filter { SymbolicLink.target(of: "\(root)/\($0.key)") != $0.value }.map(\.key)
        .sorted()
  }
}

extension Store {
  /// Links of nnU-Net's view that are not as the receipts want them.
  ///
  /// - Throws: `unreadable`.
  func resultsDifferences() throws(NNXError) -> [String] {
    ResultsView(of: try installed(), in: location).differences
  }
}
