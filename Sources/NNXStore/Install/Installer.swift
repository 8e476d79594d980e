import NNXModel
import NNXSystem

/// Puts models into the store: fetch, check, unpack, convert, commit by one rename.
///
/// Whatever ends it in between, the store holds what it held before.
package final class Installer {
  package struct Options: Sendable {
    /// Install again what is installed already.
    package var force = false
    /// Keep the downloaded archive in the cache.
    package var keepsArchive = false

    package init() {}
  }

  package struct Result: Sendable {
    package var model: InstalledModel
    /// Whether it was there before, so that nothing was done.
    package var wasInstalled: Bool
    /// Bytes that crossed the network.
    package var downloaded: Int
    package var seconds: Double
  }

  private let store: Store
  private let transport: any Transport
  private var location: StoreLocation { store.location }

  /// - Parameter transport: for plans whose files lie on the network.
  package init(store: Store, transport: any Transport) {
    self.store = store
    self.transport = transport
  }

  /// Carries out a plan.
  ///
  /// Waits while another process installs a model of the same name, and then finds it installed.
  ///
  /// - Parameters:
  ///   - onWait: called once when it has to wait.
  ///   - progress: `.download`, `.verify`, `.unpack`, `.convert` and `.write` events.
  /// - Throws: `integrity`, `unsafe-archive`, `corrupt-archive`, `not-a-zip`, `no-model`,
  ///   `unsafe-pickle`, `invalid-checkpoint`, `invalid-model`, `no-space`, `cannot-write`, `offline`
  ///   and what `Transport.fetch` throws. Nothing is installed then.
  package func install(
    _ plan: InstallPlan, options: Options = .init(), onWait: () -> Void = {},
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> Result {
    let begin = ProcessFacts.monotonicSeconds
    try Folder.create("\(location.data)/locks")
    let lock = try FileLock("\(location.data)/locks/\(plan.name).lock", onWait: onWait)
    defer { withExtendedLifetime(lock) {} }
    Staging.sweep(location)
    if !options.force, let model = try present(plan.name, plan.version) {
      try plan.promise?.check(model.receipt)
      try plan.checkSource(of: model)
      // Whoever put it there may have been killed before everything pointed to it.
      if !model.isShared { try store.settle(model.name, model.version) }
      return Result(model: model, wasInstalled: true, downloaded: 0, seconds: 0)
    }
    let plan = try transport.confirm(plan)
    if let size = plan.diskSize {
      try Folder.create(location.data)
      try DiskSpace.require(size, at: location.data)
    }
    let staging = try Staging(in: location)
    var build = ModelBuild(plan: plan, staging: staging, progress: progress)
    for item in plan.items { try gather(item, of: plan, into: &build, progress) }

    let receipt = try build.finish()
    try plan.promise?.check(receipt)
    // Local files get their version from their bytes, which are known only now.
    if !options.force, let model = try present(receipt.name, receipt.version) {
      try plan.promise?.check(model.receipt)
      if !model.isShared { try store.settle(model.name, model.version) }
      return Result(
        model: model, wasInstalled: true, downloaded: build.downloaded,
        seconds: ProcessFacts.monotonicSeconds - begin)
    }
    try store.commit(build.folder, receipt)
    if !options.keepsArchive { build.removeArchives() }
    guard let model = try present(receipt.name, receipt.version) else {
      throw NNXError(.bug, "\(receipt.name) is not there after it was installed")
    }
    return Result(
      model: model, wasInstalled: false, downloaded: build.downloaded,
      seconds: ProcessFacts.monotonicSeconds - begin)
  }

  private func present(_ name: String, _ version: String?) throws(NNXError) -> InstalledModel? {
    guard let version else { return nil }
    return try store.installed().first {
      $0.name == name && $0.version == version && $0.state != .damaged
    }
  }

  /// Brings the published files of one set of weights into the staging folder.
  private func gather(
    _ item: InstallPlan.Item, of plan: InstallPlan, into build: inout ModelBuild,
    _ progress: @escaping ProgressHandler
  ) throws(NNXError) {
    if case .folder(let folder) = plan.origin {
      try build.copy(folder, item)
      return
    }
    let transport: any Transport = plan.origin == .local ? LocalTransport() : transport
    var fetched: [(RemoteFile, FetchedFile)] = []
    for file in item.files {
      do throws(NNXError) {
        fetched.append((file, try transport.fetch(file, progress: progress)))
      } catch {
        guard error.code == .offline else { throw error }
        throw NNXError(
          .offline, "\(plan.name) is not in the store and --offline is set",
          fixes: [
            "On a machine with internet:  nnx pack \(plan.name) -o \(plan.name).nnxpack",
            "Then here:                   nnx unpack \(plan.name).nnxpack",
          ])
      }
    }
    try build.unpack(fetched, item)
  }
}
