import NNXStore

extension Context {
  /// What asks Zenodo about records.
  var zenodo: ZenodoClient {
    ZenodoClient(client: client, hosts: hosts, isOffline: isOffline)
  }

  /// What fetches files from mirrors and the network into the cache.
  func transport() throws -> any Transport {
    let transport = HTTPTransport(
      client: client, hosts: hosts, folder: try store().location.downloads, isOffline: isOffline)
    return settings.mirrors.isEmpty
      ? transport : MirroredTransport(transport, roots: settings.mirrors)
  }

  /// The registries that the user added.
  func registryShelf() throws -> RegistryShelf {
    RegistryShelf(
      folder: try store().location.config,
      fetcher: RegistryFetcher(client: client, isOffline: isOffline))
  }

  private var client: CurlClient {
    let environment = environment
    return CurlClient(environment: { environment[$0] })
  }

  private var hosts: HostPolicy { HostPolicy(token: environment["ZENODO_TOKEN"]) }
}
