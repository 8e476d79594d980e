import NNXSystem

/// One question about the state of things, and its answer.
package struct Check: Sendable {
  package enum State: String, Sendable {
    case ok, warn, fail
  }

  /// `store`, `catalogue`, `results`: stable, for programs.
  package var id: String
  package var state: State
  package var text: String
  /// What to do, as a command where one helps.
  package var fix: String?

  package init(_ id: String, _ state: State, _ text: String, fix: String? = nil) {
    self.id = id
    self.state = state
    self.text = text
    self.fix = fix
  }
}

/// Looks at a store and everything around it, and repairs what can be repaired without losing anything.
package struct Doctor {
  let store: Store
  let environment: [String: String]

  package init(_ store: Store, environment: [String: String]) {
    self.store = store
    self.environment = environment
  }

  private var location: StoreLocation { store.location }

  /// Makes catalogue and results view anew and sweeps leftovers. Models are not touched.
  ///
  /// - Returns: what was done, one line each.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`, `newer-store`.
  package func repair() throws(NNXError) -> [String] {
    guard Folder.isFolder(location.data) == true else { return [] }
    var done: [String] = []
    let abandoned = try store.cacheItems().filter { $0.kind == .staging }
    if !abandoned.isEmpty {
      store.sweep()
      done.append("swept \(counted(abandoned.count, "unfinished install"))")
    }
    if let problem = catalogueProblem(), problem.code != .newerStore {
      try Catalogue.remove(in: location)
      _ = try store.catalogue()
      done.append("made the catalogue anew")
    }
    store.forgetReasons()
    if try !store.resultsDifferences().isEmpty {
      try store.refreshResults()
      done.append("made the links for nnU-Net anew")
    }
    return done
  }

  /// All checks that need no network, in the order of their importance.
  ///
  /// - Parameters:
  ///   - registries: that settings name.
  ///   - added: names of registries that were added.
  package func checks(registries: [String] = [], added: [String] = []) -> [Check] {
    [place(), space()] + places(registries: registries, added: added) + models() + [
      catalogue(), results(),
    ] + sharedStores() + nnUNet()
      + [authorities(), leftovers()]
  }

  private func place() -> Check {
    guard Folder.isFolder(location.data) == true else {
      return Check(
        "store", .ok, "store \(location.data) is not there yet; the first install makes it")
    }
    guard Folder.isWritable(location.data) else {
      return Check(
        "store", .warn, "store \(location.data) is read-only: models run, none can be installed",
        fix: "export NNX_HOME=/big/disk/nnx")
    }
    let disk = Folder.isOnNetwork(location.data) == true ? ", on a network file system" : ""
    let same =
      Folder.isFolder(location.cache) != true
        || Folder.isSameFileSystem(location.data, location.cache)
      ? "same disk as cache" : "cache on another disk"
    return Check("store", .ok, "store \(location.data) writable, \(same)\(disk)")
  }

  private func space() -> Check {
    var folder = location.data
    while Folder.isFolder(folder) != true, folder != "/" { folder = parentFolder(folder) }
    guard let free = try? Folder.freeSpace(at: folder) else {
      return Check("space", .warn, "the file system of \(folder) does not tell how much is free")
    }
    let gigabytes = free / 1_000_000_000
    return gigabytes >= 5
      ? Check("space", .ok, "\(gigabytes) GB free in \(folder)")
      : Check(
        "space", .warn, "\(gigabytes) GB free in \(folder); a model needs 1 to 5",
        fix: "nnx cache prune")
  }

  private func models() -> [Check] {
    guard let (models, unreadable) = try? store.contents() else {
      return [Check("models", .fail, "\(location.data)/models cannot be read")]
    }
    var checks = unreadable.compactMap(\.problem).map { problem in
      Check(
        "models", problem.code == .newerStore ? .warn : .fail, problem.message,
        fix: problem.fixes.first)
    }
    for model in models where model.state == .damaged {
      checks.append(
        Check(
          "models", .fail,
          "\(model.name) \(model.version): \(model.damagedFiles.count) file\(model.damagedFiles.count == 1 ? " differs" : "s differ")",
          fix: model.isShared ? nil : "nnx verify --repair \(model.name)"))
    }
    for model in models where !model.receipt.lacking.isEmpty {
      let (count, lacking) = (model.receipt.sets.count, model.receipt.lacking.count)
      checks.append(
        Check(
          "models", .ok,
          "\(model.name) \(model.version) is here in part: \(count) of \(count + lacking) networks",
          fix: "nnx install \(model.name)"))
    }
    let names = Set(models.map(\.name)).count
    if checks.allSatisfy({ $0.state == .ok }) {
      checks.append(
        Check(
          "models", .ok,
          "\(counted(names, "model")), all files there"))
    }
    return checks
  }

  /// What is wrong with the catalogue, found without changing it; `nil` when it agrees or there is none.
  private func catalogueProblem() -> NNXError? {
    guard Folder.kind("\(location.data)/\(Catalogue.fileName)") != nil,
      Folder.isWritable(location.data), !Catalogue.isOlder(in: location)
    else { return nil }
    do throws(NNXError) {
      let catalogue = try Catalogue(of: location)
      let own = try store.installed().filter { !$0.isShared }
      let differs = try catalogue.difference(from: own) + catalogue.integrityProblems()
      guard !differs.isEmpty else { return nil }
      return NNXError(
        .catalogue, "the catalogue does not agree with the receipts", details: differs)
    } catch { return error }
  }

  private func catalogue() -> Check {
    guard let problem = catalogueProblem() else {
      return Check("catalogue", .ok, "catalogue agrees with the receipts")
    }
    let details = problem.details.isEmpty ? "" : ": \(problem.details.joined(separator: ", "))"
    return Check(
      "catalogue", .warn, problem.message + details,
      fix: problem.code == .newerStore ? problem.fixes.first : "nnx doctor --fix")
  }

  private func results() -> Check {
    let view = try? ResultsView(of: store.installed(), in: location)
    if let linked = view?.linked {
      return Check(
        "results", .warn,
        "\(linked) is a link: nnx writes no links for nnU-Net to where it leads",
        fix: "rm \(linked) && nnx doctor --fix")
    }
    guard let differences = view?.differences else {
      return Check("results", .fail, "\(location.data)/results cannot be read")
    }
    return differences.isEmpty
      ? Check("results", .ok, "links for nnU-Net are right")
      : Check(
        "results", .warn,
        "links for nnU-Net are not current: \(differences.joined(separator: ", "))",
        fix: "nnx doctor --fix")
  }

  private func sharedStores() -> [Check] {
    location.shared.map { root in
      guard Folder.isFolder(root) == true else {
        return Check("shared", .warn, "\(root) (NNX_STORES) is not there")
      }
      guard (try? Folder.entries("\(root)/models")) != nil else {
        return Check("shared", .warn, "\(root) (NNX_STORES) holds no models that can be read")
      }
      return Check("shared", .ok, "\(root) (NNX_STORES) can be read")
    }
  }

  private func nnUNet() -> [Check] {
    [("nnUNet_results", "--results"), ("RESULTS_FOLDER", "--results-v1")].compactMap { name, flag in
      guard let path = environment[name], !path.isEmpty else { return nil }
      return Folder.isFolder(path) == true
        ? Check("nnunet", .ok, "\(name) is \(path)")
        : Check(
          "nnunet", .fail, "\(name) points to \(path), which does not exist",
          fix: "export \(name)=\"$(nnx path \(flag))\"")
    }
  }

  private func authorities() -> Check {
    let authorities = Authorities(environment: { environment[$0] })
    switch authorities.file {
    case .variable(let name, let path):
      return Folder.isFile(path)
        ? Check("ca", .ok, "\(name) is \(path)")
        : Check("ca", .fail, "\(name) points to \(path), which is no file", fix: "unset \(name)")
    case .system(let path):
      return Check("ca", .ok, "certificates in \(path)")
    case .none:
      if let folder = authorities.folder {
        return Check("ca", .ok, "SSL_CERT_DIR is \(folder)")
      }
      return Check(
        "ca", .warn, "no certificates found: downloads will fail",
        fix: "apt-get install ca-certificates")
    }
  }

  private func leftovers() -> Check {
    let items = ((try? store.cacheItems()) ?? []).filter { $0.kind == .staging }
    return items.isEmpty
      ? Check("leftovers", .ok, "no unfinished installs")
      : Check(
        "leftovers", .warn,
        items.count == 1
          ? "1 unfinished install of a process that is gone"
          : "\(items.count) unfinished installs of processes that are gone",
        fix: "nnx doctor --fix")
  }
}
