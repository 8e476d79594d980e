import NNXSystem

extension NNXError.Code {
  /// Another model is installed under that name and version.
  static let otherSource = NNXError.Code("other-source", .cannotCreate)
}

extension InstallPlan {
  /// Whether what is installed under the plan's name and version came from the files that the plan
  /// names: two registries may call two models the same.
  ///
  /// - Throws: `other-source`.
  func checkSource(of model: InstalledModel) throws(NNXError) {
    guard kind == .registry, stated == nil else { return }
    let archives = model.receipt.source.archives
    let lacking = model.receipt.lacking
    for file in items.filter({ !lacking.contains($0.set) }).flatMap(\.files) {
      let there = archives.first { $0.key == file.name }
      let isSame =
        there.map { known in
          (file.md5 == nil || known.md5 == nil || known.md5 == file.md5)
            && (file.sha256 == nil || known.sha256 == file.sha256)
        } ?? false
      guard isSame else {
        throw NNXError(
          .otherSource, "\(name) \(model.version) is installed, but from other files",
          details: [
            "installed  \(archives.map(\.key).joined(separator: ", "))"
              + (model.receipt.source.registry.map { ", named by \($0)" } ?? ""),
            "asked for  \(file.name)" + (registry.map { ", named by \($0)" } ?? ""),
          ],
          fixes: [
            "Replace it: nnx install \(name) --force",
            "Or remove it first: nnx uninstall \(name)@\(model.version)",
          ])
      }
    }
  }
}
