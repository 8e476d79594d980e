import Glibc
import NNXModel
import NNXSystem

extension Store {
  /// Removes what killed changes left unfinished: staging folders, and files and links that never got
  /// their names.
  ///
  /// - Parameter name: of the model whose lock the caller holds.
  func sweep(holding name: String? = nil) {
    Staging.sweep(location)
    for cache in [location.downloads, location.kernelChecks] {
      AtomicFile.removeAbandoned(in: cache)
    }
    let models = "\(location.data)/models"
    var unfinished: [String: [String]] = [:]
    for file in Store.temporaries(in: "\(location.data)/asked") {
      unfinished[String(lastComponent(file).prefix { $0 != "." }), default: []].append(file)
    }
    for model in (try? Folder.entries(models)) ?? [] where ModelName.isValid(model) {
      let files = Store.temporaries(in: "\(models)/\(model)")
      if !files.isEmpty { unfinished[model, default: []] += files }
    }
    for (model, files) in unfinished {
      let lock = try? location.lock(model, wait: false)
      guard model == name || lock != nil else { continue }
      withExtendedLifetime(lock) { for file in files { SystemCall.unlink(file) } }
    }
  }

  /// Files `NAME.PID.RANDOM.tmp`; what is called otherwise is somebody's own.
  private static func temporaries(in folder: String) -> [String] {
    ((try? Folder.entries(folder)) ?? []).filter { name in
      let parts = name.split(separator: ".")
      return parts.count >= 4 && parts.last == "tmp" && Int32(parts[parts.count - 3]) != nil
    }.map { "\(folder)/\($0)" }
  }

  /// Removes folders of names that hold no version any more: somebody was killed while uninstalling.
  func removeEmptyHomes() {
    let folder = "\(location.data)/models"
    for name in (try? Folder.entries(folder)) ?? [] where ModelName.isValid(name) {
      let home = "\(folder)/\(name)"
      guard let left = try? Folder.entries(home), left.allSatisfy({ $0 == Store.defaultLink }),
        let lock = try? location.lock(name, wait: false)
      else { continue }
      withExtendedLifetime(lock) { Store.removeHome(home) }
    }
  }

  /// Removes the folder of a name unless a version lies in it.
  private static func removeHome(_ home: String) {
    let left = try? Folder.entries(home)
    let link = "\(home)/\(defaultLink)"
    guard left == [] || left == [defaultLink] && SymbolicLink.target(of: link) != nil else {
      return
    }
    SystemCall.unlink(link)
    SystemCall.rmdir(home)
  }
}
