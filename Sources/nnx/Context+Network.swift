import NNXStore
import NNXSystem

extension Context {
  /// What asks hosts for records, registries and files.
  var web: Web {
    let output = output
    // Without a place for the cache nothing is fetched; whoever needs it says so.
    let locks = (try? store().location.cache).map { "\($0)/hosts" }
    return Web(settings, environment: environment, locks: locks) { host in
      output.note("Waiting for other downloads of nnx from \(host): two at a time")
    }
  }

  /// What fetches files from mirrors and the network into the cache.
  func transport() throws -> any Transport {
    let location = try store().location
    if !isOffline { try location.makeCache() }
    let transport = HTTPTransport(web, folder: location.downloads, records: records)
    return settings.mirrors.isEmpty
      ? transport : MirroredTransport(transport, roots: settings.mirrors)
  }

  /// The registries that the user added.
  func registryShelf() throws -> RegistryShelf {
    RegistryShelf(folder: try store().location.config, web: web)
  }

  /// Compares the registry with what hosts say. Where the registry is enough, silence is not waited for.
  private var records: RecordCheck {
    let output = output
    return RecordCheck(asking: web, asksOnlyIfNeeded: !settings.mirrors.isEmpty) { error in
      output.note("Note: the registry could not be compared with its source: \(error.message)")
    } onUnvouched: { file in
      output.note(
        "Note: nobody states a digest of \(file.name). What arrives is measured; receipt and lock keep that."
      )
    }
  }
}
