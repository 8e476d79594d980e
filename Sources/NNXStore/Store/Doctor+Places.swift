import NNXSystem

extension Doctor {
  /// Folders whose place something else has taken, and registries of the settings that are not there.
  ///
  /// - Parameters:
  ///   - registries: as settings have them.
  ///   - added: names of those that were added.
  func places(registries: [String], added: [String]) -> [Check] {
    let location = store.location
    let folders =
      ["models", "locks", "staging", "results", "samples"].map { "\(location.data)/\($0)" }
      + [location.downloads, location.kernelChecks, location.config]
    var taken: [String] = []
    for folder in folders {
      var place = folder
      while Folder.kind(place) == nil, place != "/", place != "." { place = parentFolder(place) }
      if Folder.isFolder(place) != true, !taken.contains(place) { taken.append(place) }
    }
    let missing = registries.filter { text in
      !added.contains(text) && !text.contains("://") && (try? RegistrySource(text)) == nil
    }
    return taken.map {
      Check("places", .fail, "\($0) should be a folder, and is none", fix: "mv \($0) \($0).aside")
    }
      + missing.map {
        Check(
          "registry", .fail, "the registry \($0) that settings name is not there",
          fix: "nnx config --show-origin")
      }
  }
}
