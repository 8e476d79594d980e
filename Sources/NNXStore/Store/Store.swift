import NNXModel
import NNXSystem
import Synchronization

/// The installed models: the user's own and those of read-only shared stores.
///
/// Reading writes nothing and takes no lock: a model's folder appears by one rename and never changes.
package final class Store: Sendable {
  package let location: StoreLocation

  /// Receipts that this process has read, by path: they are parsed once.
  private let receipts = Mutex<[String: (stamp: FileStamp, receipt: Receipt)]>([:])

  package init(_ location: StoreLocation) { self.location = location }

  /// Whether a text may be a version: it becomes the name of a folder.
  static func isVersion(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text != defaultLink && !text.hasPrefix(".")
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0)
          || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F
      }
  }

  /// The link beside the versions of a model that names the one to use.
  static let defaultLink = "default"

  /// Every installed model, by name, then newest version first; of two copies in several stores the
  /// user's own. Models that cannot be read are left out; `contents()` has them.
  ///
  /// - Throws: `unreadable` when the store itself cannot be read.
  package func installed() throws(NNXError) -> [InstalledModel] { try contents().installed }

  /// The installed models, and those whose receipt cannot be read.
  ///
  /// - Throws: `unreadable`.
  package func contents() throws(NNXError) -> (
    installed: [InstalledModel], unreadable: [StoredModel]
  ) {
    let found = try scan()
    return (
      found.compactMap(\.model).sorted { $0.name < $1.name }, found.filter { $0.problem != nil }
    )
  }

  /// Everything in the store; the user's own models first.
  func scan() throws(NNXError) -> [StoredModel] {
    var found: [StoredModel] = []
    var seen: Set<String> = []
    for (index, root) in ([location.data] + location.shared).enumerated() {
      let folder = "\(root)/models"
      guard Folder.isFolder(folder) == true else { continue }
      for name in try Folder.entries(folder) where ModelName.isValid(name) {
        let isFirst = !found.contains { $0.name == name && $0.model != nil }
        for (position, version) in try versions(of: name, in: root).enumerated() {
          guard seen.insert("\(name)@\(version)").inserted else { continue }
          let path = "\(folder)/\(name)/\(version)"
          found.append(
            StoredModel(name: name, version: version, path: path, isShared: index > 0) {
              () throws(NNXError) in
              let receipt = try receipt(ofModelIn: path)
              guard receipt.name == name, receipt.version == version else {
                throw NNXError(
                  .invalidReceipt, "\(path) holds \(receipt.name) \(receipt.version)")
              }
              return InstalledModel(
                path: path, receipt: receipt, isDefault: isFirst && position == 0,
                isShared: index > 0)
            })
        }
      }
    }
    return found
  }

  private func receipt(ofModelIn folder: String) throws(NNXError) -> Receipt {
    let path = "\(folder)/\(Receipt.fileName)"
    // Receipts are replaced by rename and never written in place, so another receipt has another stamp.
    guard let stamp = FileStamp(path) else { return try Receipt(ofModelIn: folder) }
    if let known = receipts.withLock({ $0[path] }), known.stamp == stamp { return known.receipt }
    let receipt = try Receipt(ofModelIn: folder)
    receipts.withLock { $0[path] = (stamp, receipt) }
    return receipt
  }

  /// Versions of a model in one store: the default one first, then the newest.
  func versions(of name: String, in root: String) throws(NNXError) -> [String] {
    let folder = "\(root)/models/\(name)"
    guard Folder.isFolder(folder) == true else { return [] }
    let all = try Folder.entries(folder).filter {
      Store.isVersion($0) && Folder.kind("\(folder)/\($0)") == .folder
    }
    let chosen = SymbolicLink.target(of: "\(folder)/\(Store.defaultLink)")
    return all.sorted { a, b in
      a == chosen ? b != chosen : b == chosen ? false : versionOrder(b, a)
    }
  }

  /// The model that a text names: `liver2-ct`, or `liver2-ct@2024.6.11`.
  ///
  /// Registries also know other names for a model; ask them first.
  ///
  /// - Throws: `not-installed` with the command that installs it and the nearest names.
  package func find(_ text: String) throws(NNXError) -> InstalledModel {
    let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
    let name = (parts.first ?? "").lowercased()
    let version = parts.count == 2 ? parts[1] : nil
    let found = try scan()
    let models = found.compactMap(\.model)
    if let model = models.first(where: {
      $0.name == name && (version == nil ? $0.isDefault : $0.version == version)
    }) {
      return model
    }
    if let problem = found.first(where: { $0.isMeant(by: text) })?.problem { throw problem }
    let versions = models.filter { $0.name == name }.map(\.version)
    guard versions.isEmpty else {
      throw NNXError(
        .notInstalled, "\(name) is installed, but not in version \(version ?? "")",
        details: ["Installed: \(versions.joined(separator: ", "))"],
        fixes: ["nnx install \(text)"])
    }
    let names = models.filter(\.isDefault).map(\.name)
    var error = NNXError(.notInstalled, "the model '\(text.excerpt)' is not installed")
    let close = names.filter { editDistance($0, name) <= max(2, name.utf8.count / 3) }
    if !close.isEmpty { error.details = ["Installed: \(close.joined(separator: ", "))"] }
    error.fixes = ["nnx install \(text)", "See what is installed with: nnx list"]
    throw error
  }

  /// What nnU-Net v2 wants as `nnUNet_results`: links to the datasets of all installed models.
  package var resultsPath: String { "\(location.data)/results/nnUNet_results" }

  /// What nnU-Net v1 wants as `RESULTS_FOLDER`: it looks into `nnUNet` below.
  package var resultsPathV1: String { "\(location.data)/results" }
}

/// Whether version `a` comes before `b`: numbers between dots count as numbers.
func versionOrder(_ a: String, _ b: String) -> Bool {
  let first = a.split(separator: ".")
  let second = b.split(separator: ".")
  for (x, y) in zip(first, second) where x != y {
    if let x = Int(x), let y = Int(y) { return x < y }
    return x.utf8.lexicographicallyPrecedes(y.utf8)
  }
  return first.count < second.count
}
