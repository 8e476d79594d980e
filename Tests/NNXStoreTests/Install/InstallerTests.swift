import NNXModel
import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

@Suite struct InstallerTests {
  let test: TestStore

  init() throws { test = try TestStore() }

  @Test func installsAZipWhereBothProgramsFindIt() throws {
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct_folds"))
    let result = try test.install(plan)
    #expect(!result.wasInstalled)
    let model = try test.store.find("plain")
    #expect(model.path == test.data + "/models/plain/2026.1.1")
    #expect(model.state == .ok)
    let set = try model.set()
    #expect(set.configurations.map(\.name) == ["3d_fullres"])
    #expect(set.configurations[0].folds == ["0", "1", "2"])
    let results = test.store.resultsPath + "/" + set.dataset
    #expect(Folder.kind(results) == .link)
    let trainer = "\(results)/nnUNetTrainer__nnUNetPlans__3d_fullres"
    #expect(!bytes(of: "\(trainer)/fold_1/checkpoint_final.pth").isEmpty)
    let opened = try model.open()
    #expect(opened.entries[0].folds.count == 3)
    _ = try opened.weights(opened.entries[0].folds[2])
    #expect(try Verify(model).isClean)
    #expect(try Folder.entries(test.data + "/staging") == [])
  }

  @Test func installsTheDemoOfTheRegistry() throws {
    let registry = try Registry(contentsOf: Fixtures.repository + "/registry.json")
    let card = try #require(registry.card(named: "demo-ct"))
    let model = try test.install(try InstallPlan(card, in: registry)).model
    #expect(model.version == card.version)
    #expect(model.receipt.source.archives[0].isPinned)
    #expect(try model.card()?["name"] == "demo-ct")
    #expect(try model.open().entries.count == 1)
  }

  @Test(arguments: ["slices_2d", "ct_fullres", "cascade"])
  func takesOverTreesOfVersionOne(_ name: String) throws {
    let plan = try TestStore.plan(TestStore.fixture("v1/\(name)"), name: "old")
    let model = try test.install(plan).model
    let set = try model.set()
    #expect(set.generation == 1)
    for configuration in set.configurations {
      let path = "\(test.store.resultsPathV1)/nnUNet/\(configuration.name)/\(set.dataset)"
      #expect(Folder.kind(path) == .link)
      #expect(Folder.isFolder(path + "/\(configuration.trainer)__\(configuration.plans)") == true)
    }
    #expect(try Verify(model).isClean)
  }

  @Test func installsAFolderAndLeavesItAlone() throws {
    let source = try TemporaryFolder()
    try Folder.create(source.path + "/mine")
    _ = try Archive(TestStore.fixture("v2/plain_ct")).unpack(into: source.path + "/mine")
    let before = source.files
    let plan = try InstallPlan(path: source.path + "/mine/", name: nil)
    #expect(plan.name == "mine")
    let model = try test.install(plan).model
    #expect(model.version.count == 12)
    #expect(source.files == before)
    #expect(try Verify(model).isClean)
  }

  @Test func secondInstallFindsTheFirst() throws {
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"))
    try test.install(plan)
    let before = test.snapshot
    #expect(try test.install(plan).wasInstalled)
    #expect(test.snapshot == before)
    let unnamed = try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "x", version: nil)
    try test.install(unnamed)
    #expect(try test.install(unnamed).wasInstalled)
  }

  @Test func forceReplacesADamagedModel() throws {
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"))
    let model = try test.install(plan).model
    let weights = try #require(model.receipt.files.first { $0.path.hasPrefix("weights/") })
    try test.folder.write("data/models/plain/2026.1.1/\(weights.path)", [1, 2, 3])
    #expect(try test.store.find("plain").state == .damaged)
    #expect(try !Verify(try test.store.find("plain")).isClean)
    var options = Installer.Options()
    options.force = true
    #expect(try !test.install(plan, options: options).wasInstalled)
    #expect(try Verify(try test.store.find("plain")).isClean)
    #expect(try Folder.entries(test.data + "/staging") == [])
  }

  @Test func newVersionBecomesTheDefaultAndTheOldOneStays() throws {
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), version: "2026.9.1"))
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), version: "2026.10.1"))
    #expect(try test.store.find("plain").version == "2026.10.1")
    #expect(try test.store.find("plain@2026.9.1").version == "2026.9.1")
    try test.store.uninstall("plain@2026.10.1")
    #expect(try test.store.find("plain").version == "2026.9.1")
    try test.store.uninstall("plain")
    #expect(try test.store.installed().isEmpty)
    #expect(try Folder.entries(test.data + "/models") == [])
    #expect(try Folder.entries(test.store.resultsPath) == [])
  }

  @Test func failedInstallLeavesTheStoreAsItWas() throws {
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct")))
    let before = test.snapshot
    let zip = bytes(of: TestStore.fixture("v2/plain_ct_folds"))
    let hostile: [(String, [UInt8])] = [
      ("truncated.zip", Array(zip.prefix(zip.count / 2))),
      ("no-model.zip", ZipBuilder([.init("readme.txt", "nothing here")]).build()),
      ("escape.zip", ZipBuilder([.init("../evil", "x")]).build()),
      ("text.zip", Array("<html>".utf8)), ("empty.zip", []),
    ]
    let outside = try TemporaryFolder()
    for (name, content) in hostile {
      let path = try outside.write(name, content)
      #expect(throws: NNXError.self, "\(name)") {
        try test.install(try TestStore.plan(path, name: "broken"))
      }
    }
    #expect(test.snapshot == before)
    #expect(try Folder.entries(test.data + "/models") == ["plain"])
  }

  @Test func wrongDigestStopsTheInstall() throws {
    var plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"))
    plan.items[0].files[0].sha256 = String(repeating: "0", count: 64)
    let error = #expect(throws: NNXError.self) { try test.install(plan) }
    #expect(error?.code == .integrity)
    #expect(try test.store.installed().isEmpty)
  }

  @Test func archiveOfAnotherDatasetThanPromisedIsRefused() throws {
    var plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"))
    plan.items[0].dataset = "Dataset999_Other"
    let error = #expect(throws: NNXError.self) { try test.install(plan) }
    #expect(error?.code == .integrity)
  }

  @Test func severalSetsOfWeightsLieSideBySide() throws {
    var plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "pair")
    plan.items[0].set = "pair.one"
    var second = try TestStore.plan(TestStore.fixture("v1/ct_fullres")).items[0]
    second.set = "pair.two"
    plan.items.append(second)
    let model = try test.install(plan).model
    #expect(model.receipt.sets.map(\.folder) == ["sets/pair.one", "sets/pair.two"])
    #expect(try model.open(set: "pair.one").entries.count == 1)
    #expect(throws: NNXError.self) { try model.open() }
    #expect(try Folder.entries(test.store.resultsPath).count == 1)
    #expect(try Verify(model).isClean)
  }

  @Test func reportsEveryStage() throws {
    let stages = Mutex<[ProgressEvent.Stage]>([])
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"))) { event in
      stages.withLock { if $0.last != event.stage { $0.append(event.stage) } }
    }
    #expect(stages.withLock { $0 } == [.verify, .unpack, .convert])
  }

  @Test func concurrentInstallsOfOneModelDoTheWorkOnce() async throws {
    let plan = try TestStore.plan(TestStore.fixture("v2/small_image"))
    let store = test.store
    let results = await withTaskGroup(of: Bool?.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try? Installer(store: store, transport: NoTransport()).install(plan).wasInstalled
        }
      }
      return await group.reduce(into: [Bool?]()) { $0.append($1) }
    }
    #expect(results.filter { $0 == false }.count == 1)
    #expect(results.filter { $0 == true }.count == 7)
  }
}
