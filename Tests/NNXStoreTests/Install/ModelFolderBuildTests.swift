import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// The steps that install, added folds, repair and slimming are made of, and what decides on them.
@Suite struct ModelFolderBuildTests {
  private let test: TestStore

  init() throws { test = try TestStore() }

  @Test func stepsMakeAFolder() throws {
    let model = try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"))).model
    let staging = try Staging(in: test.store.location)
    var build = try ModelFolderBuild(of: "plain", in: staging)
    try build.link(model.receipt.files, of: model)
    #expect(try build.files() == model.receipt.files)

    let checkpoints = model.receipt.files.filter { InstalledModel.isCheckpoint($0.path) }
    try #require(!checkpoints.isEmpty)
    try build.drop(checkpoints)
    #expect(build.dropped == checkpoints)
    #expect(build.file(checkpoints[0].path) == checkpoints[0])
    #expect(!build.holds(checkpoints[0].path))
    #expect(try build.files() == model.receipt.files.filter { !checkpoints.contains($0) })

    // What was dropped can come back, once.
    for round in 0..<2 {
      let source = "\(staging.path)/new"
      try AtomicFile.write([1, 2, 3], to: source)
      if round == 0 {
        try build.take(source, as: checkpoints[0])
      } else {
        let error = try #require(throws: NNXError.self) {
          try build.take(source, as: checkpoints[0])
        }
        #expect(error.code == .invalidModel)
      }
    }
    #expect(build.dropped == Array(checkpoints.dropFirst()))
    #expect(bytes(of: build.path(checkpoints[0].path)) == [1, 2, 3])
    #expect(try build.files().map(\.path).contains(checkpoints[0].path))

    try build.seal(model.receipt, flushing: [])
    #expect(try Receipt(ofModelIn: build.folder) == model.receipt)
    // The installed model was only linked to.
    #expect(try Verify(model).isClean)
  }

  /// Checkpoints that go at install and later are the same ones, told alike.
  @Test func slimmingAtOnceAndLaterGivesTheSame() throws {
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct_folds"))
    var options = Installer.Options()
    options.isSlim = true
    let atOnce = try test.install(plan, options: options).model.receipt
    #expect(!atOnce.dropped.isEmpty)

    let second = try TestStore()
    try second.store.dropCheckpoints(of: second.install(plan).model)
    let third = try TestStore()
    try third.install(plan)
    try third.install(plan, options: options)
    for store in [second, third] {
      let later = try store.store.find("plain").receipt
      #expect(later.files == atOnce.files)
      #expect(later.dropped.map(\.path) == atOnce.dropped.map(\.path))
      #expect(later.dropped.map(\.sha256) == atOnce.dropped.map(\.sha256))
    }
  }

  @Test func previewTellsWhatInstallDoes() throws {
    let installer = Installer(store: test.store, transport: NoTransport())
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct_folds"))
    var options = Installer.Options()
    func check(_ folds: [String]?, isInstalled: Bool, _ comment: Comment) throws {
      let preview = try installer.preview(plan, options: options)
      #expect(preview.folds == folds, comment)
      #expect(preview.isInstalled == isInstalled, comment)
      #expect(try installer.install(plan, options: options).wasInstalled == isInstalled, comment)
    }
    options.folds = .only(["0"])
    try check(["0"], isInstalled: false, "one fold, nothing there")
    try check(["0"], isInstalled: true, "one fold, which is there")
    options.folds = .all
    try check(["1", "2"], isInstalled: false, "the others")
    try check(nil, isInstalled: true, "all, which are there")
    options.force = true
    try check(nil, isInstalled: false, "all, again")
    #expect(
      try test.store.find("plain").receipt.sets[0].configurations[0].folds == ["0", "1", "2"])
    options.force = false
    options.folds = .only(["7"])
    #expect(throws: NNXError.self) { try installer.preview(plan, options: options) }
    #expect(throws: NNXError.self) { try installer.install(plan, options: options) }
  }
}
