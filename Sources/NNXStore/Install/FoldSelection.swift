import NNXModel
import NNXSystem

extension NNXError.Code {
  /// The archive does not hold that fold.
  package static let unknownFold = NNXError.Code("unknown-fold", .notFound)
}

/// Which folds of a model to install.
package enum FoldSelection: Equatable, Sendable {
  case all
  /// By name: `0` to `4`, or `all` for the fold that was trained on every case.
  case only(Set<String>)

  /// Reads `0`, `0,2` or `all`, which means every fold.
  ///
  /// - Throws: `usage`.
  package init(_ text: String) throws(NNXError) {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if names == ["all"] {
      self = .all
      return
    }
    for name in names where name.utf8.count > 3 || !name.allSatisfy(\.isNumber) || name.isEmpty {
      throw NNXError(
        .usage, "'\(text.excerpt)' names no folds",
        fixes: ["For example: --folds 0  or  --folds 0,2"])
    }
    self = .only(Set(names.map { String(Int($0) ?? 0) }))
  }

  /// What was installed of some configurations: everything, or the folds that are there.
  package init(of configurations: [Receipt.Configuration]) {
    let isWhole = configurations.allSatisfy { Set($0.published).isSubset(of: $0.folds) }
    self = isWhole ? .all : .only(Set(configurations.flatMap(\.folds)))
  }

  package func contains(_ fold: String) -> Bool {
    switch self {
    case .all: true
    case .only(let names): names.contains(fold)
    }
  }

  /// What of this is published and not installed; `nil` when everything is here.
  ///
  /// - Throws: `unknown-fold` when nobody published it.
  func missing(in set: Receipt.WeightsInstalled) throws(NNXError) -> FoldSelection? {
    var missing: Set<String> = []
    for configuration in set.configurations {
      try check(configuration.published, of: configuration.name)
      missing.formUnion(
        configuration.published.filter { contains($0) && !configuration.folds.contains($0) })
    }
    return missing.isEmpty ? nil : .only(missing)
  }

  /// - Throws: `unknown-fold` when a fold that is named is not among those published.
  func check(_ published: [String], of model: String) throws(NNXError) {
    guard case .only(let names) = self, let name = names.subtracting(published).min() else {
      return
    }
    throw NNXError(
      .unknownFold, "there is no fold \(name) of \(model)",
      details: ["It has: \(published.joined(separator: ", "))"])
  }
}

/// The folds of the models in an archive or folder, told by the paths of its files.
///
/// As nnU-Net lays them out: `fold_0`, `fold_all` (v2) or `all` (v1) below a model's folder, with a
/// checkpoint in them. All other files belong to every fold.
struct PublishedFolds {
  /// Names of the folds by model folder.
  private(set) var folds: [String: [String]] = [:]

  init(_ paths: [String]) {
    for path in paths {
      guard let place = PublishedFolds.place(of: path),
        PublishedModel.isCheckpoint(lastComponent(path)),
        !(folds[place.model] ?? []).contains(place.fold)
      else { continue }
      folds[place.model, default: []].append(place.fold)
    }
    for model in folds.keys { folds[model]?.sort { FoldName($0) < FoldName($1) } }
  }

  /// Whether a file is needed for the folds of `selection`.
  func isNeeded(_ path: String, for selection: FoldSelection) -> Bool {
    guard let place = PublishedFolds.place(of: path) else { return true }
    // A folder that is only called `all`.
    if !path.contains("/fold_"), folds[place.model]?.contains(place.fold) != true { return true }
    return selection.contains(place.fold)
  }

  /// The models of a cascade stay together: each must have the folds that are named.
  ///
  /// - Throws: `unknown-fold`.
  func check(_ selection: FoldSelection) throws(NNXError) {
    for (model, folds) in folds.sorted(by: { $0.key < $1.key }) {
      try selection.check(folds, of: lastComponent(model))
    }
  }

  /// Folder of the model and name of the fold that a file lies in.
  private static func place(of path: String) -> (model: String, fold: String)? {
    let parts = path.split(separator: "/")
    for (index, part) in parts.dropLast().enumerated() {
      if let fold = FoldName(folder: part, plain: false) {
        return (parts[..<index].joined(separator: "/"), fold.text)
      }
    }
    return nil
  }
}
