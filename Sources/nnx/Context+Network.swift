import NNXStore

extension Context {
  /// What asks Zenodo about records.
  var zenodo: ZenodoClient {
    ZenodoClient(client: client, hosts: hosts, isOffline: isOffline)
  }

  /// What fetches files from the network into the cache.
  func transport() throws -> any Transport {
    HTTPTransport(
      client: client, hosts: hosts, folder: try store().location.downloads, isOffline: isOffline)
  }

  private var client: CurlClient {
    let environment = environment
    return CurlClient(environment: { environment[$0] })
  }

  private var hosts: HostPolicy { HostPolicy(token: environment["ZENODO_TOKEN"]) }
}
