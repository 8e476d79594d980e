import NNXModel
import NNXStore
import NNXSystem

/// From what a person typed to a plan, asking Zenodo where the registry does not know.
struct InstallPlanner {
  let context: Context
  let isOffline: Bool

  func plan(_ typed: String, name: String?) throws -> InstallPlan {
    let selector = try ModelSelector(typed)
    let registry = try context.openRegistry()
    switch try registry.resolve(selector) {
    case .card(let card): return try InstallPlan(card, in: registry)
    case .path(let path): return try InstallPlan(path: path, name: name)
    case .record(let number, let file, let known):
      if known.count == 1 { return try InstallPlan(known[0], in: registry) }
      guard known.isEmpty else {
        throw NNXError(
          .usage, "record \(number) holds the weights of several models",
          details: known.map { "\($0.name): \($0.title)" },
          fixes: known.map { "nnx install \($0.name)" })
      }
      guard !isOffline else {
        throw NNXError(
          .offline, "record \(number) is not in the registry and --offline is set",
          fixes: ["Download the zip by other means, then: nnx install FILE.zip --name NAME"])
      }
      let record = try ZenodoClient(client: client, hosts: hosts).record(number)
      return try InstallPlan(record: record, file: file, name: name)
    }
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
