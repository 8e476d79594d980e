import NNXSystem

/// What lies in a model's folder and was not put there by nnx, such as folds that a person trained in nnU-Net's
/// tree: it is that person's, and outlives the model.
extension Store {
  /// Files and links of a model's folder that its receipt does not name: paths relative to it, sorted.
  ///
  /// - Parameter receipt: `nil` where it cannot be read: then nobody knows whose the files are.
  /// - Throws: `unreadable`.
  static func others(in folder: String, _ receipt: Receipt?) throws(NNXError) -> [String] {
    var known = Set(((receipt?.files ?? []) + (receipt?.dropped ?? [])).map(\.path))
    known.formUnion([Receipt.fileName, Receipt.cardName])
    var found: [String] = []
    var pending = [""]
    while let prefix = pending.popLast() {
      for name in try Folder.entries(prefix.isEmpty ? folder : "\(folder)/\(prefix)") {
        let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
        switch Folder.kind("\(folder)/\(path)") {
        case .folder: pending.append(path)
        case .file, .link: if !known.contains(path) { found.append(path) }
        default: break
        }
      }
    }
    return found.sorted()
  }

  /// What lies in the folder of a name beside its versions and the link to one of them.
  ///
  /// - Throws: `unreadable`.
  static func others(besides versions: [String], in home: String) throws(NNXError) -> [String] {
    try others(in: home, nil).filter { path in
      let first = String(path.prefix { $0 != "/" })
      let isDefault = path == defaultLink && SymbolicLink.target(of: "\(home)/\(path)") != nil
      return !isDefault && !versions.contains(first)
    }
  }

  /// Gives such files a second place. Where something else has the name there, they get `.kept` behind it.
  ///
  /// - Returns: their paths relative to the new folder.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  @discardableResult
  static func keep(_ others: [String], of old: String, in new: String) throws(NNXError) -> [String]
  {
    try others.map { (path) throws(NNXError) in
      let source = "\(old)/\(path)"
      var target = "\(new)/\(path)"
      var name = path
      while Folder.kind(target) != nil {
        if let link = SymbolicLink.target(of: source) {
          if SymbolicLink.target(of: target) == link { return name }
        } else if FileIdentity(source) == FileIdentity(target) {
          return name
        }
        target += ".kept"
        name += ".kept"
      }
      try Folder.create(parentFolder(target))
      if let link = SymbolicLink.target(of: source) {
        try SymbolicLink.set(target, to: link)
      } else {
        try Folder.linkOrCopy(source, to: target)
      }
      return name
    }
  }

  /// A folder of the store for what is left when a model goes.
  func placeForOthers(_ name: String) -> String {
    let place = "\(location.data)/kept/\(name)"
    var (number, free) = (1, place)
    while Folder.kind(free) != nil {
      number += 1
      free = "\(place).\(number)"
    }
    return free
  }
}

extension InstalledModel {
  /// What lies in its folder and was not put there by nnx: paths relative to it. Replacing the model keeps it,
  /// removing the model moves it.
  ///
  /// - Throws: `unreadable`.
  package func others() throws(NNXError) -> [String] { try Store.others(in: path, receipt) }
}

extension StoredModel {
  /// As those of an installed model; all that lies in its folder where the receipt cannot be read.
  ///
  /// - Throws: `unreadable`.
  package func others() throws(NNXError) -> [String] { try Store.others(in: path, model?.receipt) }
}
