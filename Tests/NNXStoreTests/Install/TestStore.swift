import NNXSystem
import TestSupport

@testable import NNXStore

/// A store in a temporary folder, and ways to fill it.
final class TestStore {
  let folder: TemporaryFolder
  let store: Store

  init(shared: [String] = []) throws {
    folder = try TemporaryFolder()
    store = Store(
      StoreLocation(
        data: folder.path + "/data", cache: folder.path + "/cache",
        config: folder.path + "/config", shared: shared))
  }

  var data: String { folder.path + "/data" }

  /// A published model of the reference cases.
  static func fixture(_ name: String) -> String { "\(Fixtures.folder)/reference/\(name)/model.zip" }

  /// A plan for a local file with a version, so that several fit side by side.
  static func plan(
    _ path: String, name: String = "plain", version: String? = "2026.1.1"
  ) throws -> InstallPlan {
    var plan = try InstallPlan(path: path, name: name)
    plan.version = version
    return plan
  }

  @discardableResult
  func install(
    _ plan: InstallPlan, options: Installer.Options = .init(),
    progress: @escaping ProgressHandler = { _ in }
  ) throws -> Installer.Result {
    try Installer(store: store, transport: NoTransport()).install(
      plan, options: options, progress: progress)
  }

  /// Everything but the lock files, as text: equal before and after means nothing changed.
  var snapshot: [String] {
    folder.files.filter { !$0.contains("/locks/") && !$0.hasSuffix(".lock") }.map {
      "\($0) \((try? Digest.ofFile("\(folder.path)/\($0)", .sha256)) ?? "?")"
    }
  }
}

/// Fails every test that reaches for the network.
struct NoTransport: Transport {
  func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan { plan }

  func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    throw NNXError(.bug, "a test asked for \(file.name) on the network")
  }
}
