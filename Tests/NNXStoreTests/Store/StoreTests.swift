import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct StoreTests {
  @Test func anEmptyStoreIsNoError() throws {
    let test = try TestStore()
    #expect(try test.store.installed().isEmpty)
    #expect(test.folder.files == [])
  }

  @Test func unknownModelsAreNamedWithTheirNeighbours() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "liver2-ct"))
    let error = #expect(throws: NNXError.self) { try test.store.find("liver-ct") }
    #expect(error?.code == .notInstalled)
    #expect(error?.code.status == .notFound)
    #expect(error?.details == ["Installed: liver2-ct"])
    #expect(error?.fixes.first == "nnx install liver-ct")
  }

  @Test func namesThatNothingHasAreNotSentToInstall() throws {
    let test = try TestStore()
    let registry = try Registry.repository()
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "my-model"))
    #expect(try registry.find("my-model", in: test.store).name == "my-model")
    let lost = #expect(throws: NNXError.self) { try registry.find("livr-ct", in: test.store) }
    #expect(lost?.code == .notInstalled)
    #expect(lost?.details == ["Close names: liver-ct, liver2-ct, liver-mr"])
    #expect(lost?.fixes.contains { $0.contains("nnx install") } == false)
    let own = #expect(throws: NNXError.self) { try registry.find("my-modle", in: test.store) }
    #expect(own?.details.first == "Installed: my-model")
    // What can be installed, or is in another version, is said as before.
    for text in ["liver-ct", "my-model@9"] {
      let error = #expect(throws: NNXError.self) { try registry.find(text, in: test.store) }
      #expect(error?.fixes.first == "nnx install \(text)")
    }
  }

  @Test func readingCommandsWriteNothing() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct")))
    let before = test.folder.files
    let model = try test.store.find("plain")
    _ = try model.open()
    _ = try Verify(model)
    _ = try test.store.installed()
    #expect(test.folder.files == before)
  }

  @Test func sharedStoresAreSearchedAfterTheOwn() throws {
    let shared = try TestStore()
    try shared.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "ours"))
    try shared.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "both"))
    let own = try TestStore(shared: [shared.data, "/nonexistent"])
    try own.install(
      try TestStore.plan(TestStore.fixture("v2/small_image"), name: "both", version: "2"))
    #expect(try own.store.find("ours").isShared)
    #expect(try !own.store.find("both").isShared)
    #expect(try own.store.find("both@2026.1.1").isShared)
    let names = try own.store.installed().filter(\.isDefault).map(\.name)
    #expect(names == ["both", "ours"])
    let error = #expect(throws: NNXError.self) { try own.store.uninstall("ours") }
    #expect(error?.code == .cannotWrite)
    #expect(try shared.store.find("ours").state == .ok)
  }

  @Test func whatASharedStoreHasNeedNoInstall() throws {
    let shared = try TestStore()
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"))
    try shared.install(plan)
    let own = try TestStore(shared: [shared.data])
    #expect(try own.install(plan).wasInstalled)
    #expect(try Folder.entries(own.data) == ["locks"])
  }

  @Test func aReceiptThatCannotBeReadIsAProblemOfThatModelOnly() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), name: "good"))
    try test.install(try TestStore.plan(TestStore.fixture("v2/small_image"), name: "bad"))
    let path = "data/models/bad/2026.1.1/receipt.json"
    for (content, code) in [
      ("{", "invalid-json"), ("{\"schema\": 1}", "invalid-receipt"),
      ("{\"schema\": 99}", "newer-store"),
    ] {
      try test.folder.write(path, Array(content.utf8))
      #expect(try test.store.installed().map(\.name) == ["good"])
      let damaged = try test.store.contents().unreadable
      #expect(damaged.map(\.name) == ["bad"] && damaged.map(\.version) == ["2026.1.1"])
      #expect(damaged.map(\.problem?.code.name) == [code])
      let error = #expect(throws: NNXError.self) { try test.store.find("bad") }
      #expect(error?.code.name == code)
      if code != "newer-store" {
        #expect(
          error?.fixes == [
            "Install it again: nnx install --force bad, or from its file with --name bad",
            "Or remove it: nnx uninstall bad@2026.1.1",
          ])
      }
    }
    #expect(try test.store.uninstall("bad").removed.map(\.version) == ["2026.1.1"])
    #expect(try Folder.entries(test.data + "/models") == ["good"])
  }

  @Test func hostileNamesInTheStoreAreNotFollowed() throws {
    let test = try TestStore()
    let model = try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"))).model
    let text = String(decoding: bytes(of: model.path + "/receipt.json"), as: UTF8.self)
    let evil = text.split(separator: "\n").map {
      $0.contains("\"path\": \"model.json\"") ? "\"path\": \"../../x\"," : String($0)
    }.joined(separator: "\n")
    #expect(evil.contains("../../x"))
    try test.folder.write("data/models/plain/2026.1.1/receipt.json", Array(evil.utf8))
    let error = #expect(throws: NNXError.self) { try test.store.find("plain") }
    #expect(error?.code.name == "invalid-receipt")
  }

  @Test(arguments: [
    "", ".", "..", "default", ".hidden", "a/b", "ü", String(repeating: "1", count: 65),
  ])
  func textsThatAreNoVersions(_ text: String) { #expect(!Store.isVersion(text)) }

  @Test func rootsFollowTheEnvironment() throws {
    let home = try StoreLocation(environment: ["HOME": "/h"])
    #expect(home.data == "/h/.local/share/nnx")
    #expect(home.cache == "/h/.cache/nnx")
    let xdg = try StoreLocation(environment: [
      "HOME": "/h", "XDG_DATA_HOME": "/d/", "XDG_CACHE_HOME": "relative", "NNX_STORES": "/a:/b/",
    ])
    #expect(xdg.data == "/d/nnx")
    #expect(xdg.cache == "/h/.cache/nnx")
    #expect(xdg.shared == ["/a", "/b"])
    let moved = try StoreLocation(environment: ["HOME": "/h", "NNX_HOME": "/big"])
    #expect([moved.data, moved.cache, moved.config] == ["/big", "/big/cache", "/big/config"])
    #expect(throws: NNXError.self) { try StoreLocation(environment: [:]) }
    #expect(throws: NNXError.self) { try StoreLocation(environment: ["NNX_HOME": "here"]) }
  }

  /// A process that is killed right after its rename leaves the default, the links and its staging
  /// folder to whoever comes next, even to one who finds the model installed.
  @Test func theNextInstallCompletesAKilledOne() throws {
    let test = try TestStore()
    let old = try TestStore.plan(TestStore.fixture("v2/plain_ct"), version: "1")
    let new = try TestStore.plan(TestStore.fixture("v2/small_image"), version: "2")
    try test.install(old)
    try test.install(new)
    let link = "\(test.store.resultsPath)/\(try test.store.find("plain@2").set().dataset)"
    try Folder.remove(link)
    try Folder.remove(test.data + "/models/plain/default")
    try test.folder.link("data/models/plain/default", to: "1")
    try test.folder.write("data/staging/99999999.x/model/weights", [1])
    #expect(try test.store.find("plain").version == "1")
    #expect(try test.install(new).wasInstalled)
    #expect(try test.store.find("plain").version == "2")
    #expect(Folder.kind(link) == .link)
    #expect(try Folder.entries(test.data + "/staging") == [])
  }

  @Test func theNextChangeCompletesAKilledUninstall() throws {
    let test = try TestStore()
    try test.folder.link("data/models/gone/default", to: "1")
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct")))
    #expect(try Folder.entries(test.data + "/models") == ["plain"])
  }

  @Test func allVersionsGoInOneStepAndDamagedOnesWithThem() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct"), version: "1"))
    try test.install(try TestStore.plan(TestStore.fixture("v2/small_image"), version: "2"))
    try test.folder.write("data/models/plain/0/receipt.json", Array("{".utf8))
    try test.store.uninstall("plain@2")
    #expect(try Folder.entries(test.data + "/models/plain") == ["0", "1", "default"])
    #expect(try test.store.uninstall("plain").removed.map(\.version) == ["1", "0"])
    #expect(try Folder.entries(test.data + "/models") == [])
  }

  /// Locks may do nothing: what another machine put there is left alone while it may be at work.
  @Test func stagingOfOtherMachinesIsSweptOnlyWhenOld() throws {
    let test = try TestStore()
    try test.folder.write("data/staging/99999999.x.elsewhere/lock", [])
    try test.folder.write("data/staging/99999999.x/lock", [])
    try test.install(try TestStore.plan(TestStore.fixture("v2/plain_ct")))
    #expect(try Folder.entries(test.data + "/staging") == ["99999999.x.elsewhere"])
  }
}
