import NNXModel
import NNXStore
import NNXSystem

/// From what a person typed to a plan, asking Zenodo where the registry does not know.
struct InstallPlanner {
  let context: Context
  let isOffline: Bool

  func plan(_ typed: String, name: String?) throws -> InstallPlan {
    try Installer.plan(
      ModelSelector(typed), name: name, registry: context.openRegistry(),
      zenodo: ZenodoClient(client: client, hosts: hosts, isOffline: isOffline))
  }

  /// For files on the network.
  func transport() throws -> any Transport {
    let store = try context.store()
    return HTTPTransport(
      client: client, hosts: hosts, folder: store.location.downloads, isOffline: isOffline)
  }

  private var client: CurlClient {
    let environment = context.environment
    return CurlClient(environment: { environment[$0] })
  }

  private var hosts: HostPolicy { HostPolicy(token: context.environment["ZENODO_TOKEN"]) }
}
