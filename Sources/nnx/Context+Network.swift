import NNXStore
import NNXSystem

extension Context {
  /// What asks Zenodo about records.
  var zenodo: ZenodoClient {
    ZenodoClient(client: client, hosts: hosts, isOffline: isOffline)
  }

  /// What fetches files from mirrors and the network into the cache.
  func transport() throws -> any Transport {
    let location = try store().location
    if !isOffline { try location.makeCache() }
    let transport = HTTPTransport(
      client: client, hosts: hosts, folder: location.downloads, records: records,
      isOffline: isOffline)
    return settings.mirrors.isEmpty
      ? transport : MirroredTransport(transport, roots: settings.mirrors)
  }

  /// The registries that the user added.
  func registryShelf() throws -> RegistryShelf {
    RegistryShelf(
      folder: try store().location.config,
      fetcher: RegistryFetcher(client: client, isOffline: isOffline))
  }

  /// Compares the registry with Zenodo's API. Where the registry is enough, silence is not waited for.
  private var records: RecordCheck {
    var retry = RetryPolicy()
    retry.attempts = 3
    let output = output
    return RecordCheck(
      ZenodoClient(client: client, hosts: hosts, isOffline: isOffline, retry: retry),
      asksOnlyIfNeeded: !settings.mirrors.isEmpty
    ) { error in
      output.note("Note: the registry could not be compared with Zenodo: \(error.message)")
    }
  }

  private var client: any HTTPClient {
    let environment = environment
    let curl = CurlClient(environment: { environment[$0] })
    // Without a place for the cache nothing is fetched; whoever needs it says so.
    guard let cache = try? store().location.cache else { return curl }
    let output = output
    return ConnectionLimit(curl, folder: "\(cache)/hosts") { host in
      output.note("Waiting for other downloads of nnx from \(host): two at a time")
    }
  }

  private var hosts: HostPolicy { HostPolicy(token: settings.zenodoToken) }
}
