import NNXArchive
import NNXModel
import NNXSystem

/// What an install would do, told without doing it.
package struct InstallPreview: Sendable {
  package var plan: InstallPlan
  /// Folds that would be added; `nil`: all that are published.
  package var folds: [String]?
  /// Bytes to fetch; `nil` when unknown.
  package var download: Int?
  /// Bytes needed on the store's disk while installing; `nil` when unknown.
  package var disk: Int?
  /// Where the model would lie.
  package var target: String
  /// Bytes that are free there.
  package var free: Int?
  /// Whether everything is there already.
  package var isInstalled: Bool
}

extension Installer {
  /// Tells what `install` would do with a plan.
  ///
  /// For some folds only, the directories of the archives are read where they lie, so that the
  /// numbers are exact.
  ///
  /// - Throws: as `install` does before it writes anything.
  package func preview(
    _ plan: InstallPlan, options: Options = .init()
  ) throws(NNXError) -> InstallPreview {
    try plan.checkAccess()
    let decision = try decide(plan, options)
    let own = plan.limited(to: decision.folds.keys)
    let folds = decision.folds.values.first { $0 != options.folds } ?? options.folds
    let version = plan.version ?? "(from its bytes)"
    var parent = location.data
    while Folder.isFolder(parent) != true, parent != "/" { parent = parentFolder(parent) }
    var preview = InstallPreview(
      plan: own, folds: nil, download: own.downloadSize, disk: own.diskSize(folds),
      target: "\(location.data)/models/\(plan.name)/\(version)",
      free: try? Folder.freeSpace(at: parent), isInstalled: decision.folds.isEmpty)
    if case .only(let names) = folds { preview.folds = names.sorted() }
    if preview.isInstalled { (preview.download, preview.disk) = (0, 0) }
    let isLoose = own.wanted.flatMap(\.files).contains { $0.contents != nil }
    guard plan.origin == .network, !isLoose, folds != .all, !preview.isInstalled else {
      return preview
    }
    var (download, disk) = (0, 0)
    for file in own.wanted.flatMap(\.files) {
      var isKnown = false
      do throws(NNXError) {
        isKnown = try transport.withParts(of: file) {
          (parts) throws(NNXError) in
          let entries = try Archive(parts).entries
          let published = PublishedFolds(entries.map(\.path))
          try published.check(folds)
          for entry in entries where published.isNeeded(entry.path, for: folds) {
            download += entry.compressedSize
            disk += entry.compressedSize + entry.size + entry.size / 2
          }
        }
      } catch {
        guard error.code == .offline else { throw error }
      }
      // A host that sends whole files only, or no network.
      guard isKnown else { return preview }
    }
    (preview.download, preview.disk) = (download, disk)
    return preview
  }
}
