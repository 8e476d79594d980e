import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// What nnx did not install is not nnx's: it outlives every change of a model.
@Suite struct OthersTests {
  private let test: TestStore
  private let plan: InstallPlan
  private let fold = "nnUNet_results/Dataset999_Mine/fold_9/checkpoint_final.pth"

  init() throws {
    test = try TestStore()
    plan = try TestStore.plan(TestStore.fixture("v2/slices_2d"))
    try test.install(plan)
    try test.folder.write("data/models/plain/2026.1.1/\(fold)", Array("trained".utf8))
    try test.folder.link("data/models/plain/2026.1.1/nnUNet_results/link", to: "/elsewhere")
  }

  private var model: InstalledModel { get throws { try test.store.find("plain") } }

  private func isKept(below place: String? = nil) throws -> Bool {
    let place = try place ?? model.path
    return try test.folder.read("\(place)/\(fold)") == Array("trained".utf8)
      && SymbolicLink.target(of: "\(place)/nnUNet_results/link") == "/elsewhere"
  }

  @Test func itIsNoDamage() throws {
    let verify = try Verify(model)
    #expect(verify.isClean && verify.others.map(\.path) == [fold])
    #expect(try model.others() == [fold, "nnUNet_results/link"].sorted())
  }

  /// Notes beside the versions, a file that somebody's training is writing, a folder with nothing but a name of nnx's,
  /// and what is no folder.
  @Test func whatLiesBesideModelsStays() throws {
    let models = test.data + "/models"
    try test.folder.write("data/models/plain/notes.txt", [1])
    let others = ["mine/checkpoint.tmp", "mine/default", "readme.txt"]
    for name in others { try test.folder.write("data/models/\(name)", [2]) }
    #expect(try test.store.installed().map(\.name) == ["plain"])
    let kept = try test.store.uninstall("plain").kept
    #expect(kept == ["plain", "plain-2026.1.1"].map { "\(test.data)/kept/\($0)" })
    #expect(try test.folder.read("\(kept[0])/notes.txt") == [1])
    for name in others { #expect(try test.folder.read("\(models)/\(name)") == [2]) }
    #expect(Folder.kind(models + "/plain") == nil)
  }

  @Test func everyChangeKeepsIt() throws {
    var options = Installer.Options()
    options.force = true
    #expect(try !test.install(plan, options: options).wasInstalled)
    #expect(try isKept())

    let weights = try #require(try model.receipt.files.first { $0.path.hasPrefix("weights/") })
    try test.folder.write("data/models/plain/2026.1.1/\(weights.path)", [1, 2, 3])
    let bundled = try Registry.embedded()
    _ = try Installer(store: test.store, transport: NoTransport()).repair(
      Verify(model), registry: bundled)
    #expect(try Verify(model).isClean && isKept())

    let digest = try model.receipt.digest
    try test.store.dropCheckpoints(of: model)
    #expect(try model.isSlim && isKept())
    // The same model, for whoever compares results with it.
    #expect(try model.receipt.digest == digest)

    let kept = try test.store.uninstall("plain").kept
    #expect(kept == [test.data + "/kept/plain-2026.1.1"])
    #expect(try isKept(below: kept[0]))
    #expect(Folder.kind(test.data + "/models/plain") == nil)
  }

  /// Nobody can tell any more what nnx installed, so all of it is kept.
  @Test func withoutAReceiptEverythingIsKept() throws {
    let files = try model.receipt.files.map(\.path)
    try test.folder.write("data/models/plain/2026.1.1/receipt.json", Array("{\"name\": ".utf8))
    let kept = try test.store.uninstall("plain").kept
    #expect(kept == [test.data + "/kept/plain-2026.1.1"])
    #expect(try isKept(below: kept[0]))
    #expect(files.allSatisfy { Folder.kind("\(kept[0])/\($0)") != nil || $0 == Receipt.cardName })
    #expect(Folder.kind(test.data + "/models/plain") == nil)
  }

  @Test func aNameThatAModelTakesIsNoLoss() throws {
    let folder = try TemporaryFolder()
    for place in ["old", "new"] { try folder.write("\(place)/a/b", Array(place.utf8)) }
    #expect(
      try Store.keep(["a/b"], of: folder.path + "/old", in: folder.path + "/new") == ["a/b.kept"])
    #expect(
      try Store.keep(["a/b"], of: folder.path + "/old", in: folder.path + "/new") == ["a/b.kept"])
    #expect(try folder.read(folder.path + "/new/a/b.kept") == Array("old".utf8))
    #expect(try folder.read(folder.path + "/new/a/b") == Array("new".utf8))
  }

  /// A local model's checkpoints may be nowhere else.
  @Test func checkpointsOfLocalModelsStay() throws {
    let prune = try CachePrune(test.store, checkpoints: true)
    #expect(!prune.items.contains { $0.kind == .checkpoints })
    #expect(prune.kept.map(\.name) == ["plain/checkpoints"])
  }

  @Test func linksOfOthersStay() throws {
    let view = test.data + "/results/nnUNet_results"
    try test.folder.link("data/results/nnUNet_results/Dataset998_Mine", to: "/elsewhere")
    try test.store.refreshResults()
    #expect(SymbolicLink.target(of: view + "/Dataset998_Mine") == "/elsewhere")
    // A folder that is a link leads to somebody else's.
    try test.folder.write("theirs/note", [1])
    try Folder.remove(view)
    try test.folder.link("data/results/nnUNet_results", to: test.folder.path + "/theirs")
    try test.store.refreshResults()
    #expect(try Folder.entries(test.folder.path + "/theirs") == ["note"])
    let check = Doctor(test.store, environment: [:]).checks().first { $0.id == "results" }
    #expect(check?.state == .warn && check?.text.contains("is a link") == true)
  }

  @Test func whatStandsInTheWayOfFoldersIsFound() throws {
    let other = try TestStore()
    try other.folder.write("data/models", [])
    try other.folder.write("cache", [])
    let checks = Doctor(other.store, environment: [:]).checks(
      registries: [other.folder.path + "/nowhere.json", "added"], added: ["added"])
    let failed = checks.filter { $0.state == .fail }
    #expect(failed.count { $0.id == "places" } == 2 && failed.count { $0.id == "registry" } == 1)
  }
}
