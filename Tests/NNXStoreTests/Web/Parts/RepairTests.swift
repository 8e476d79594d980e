import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// Every damaged byte is found, and only what is damaged is fetched again.
@Suite struct RepairTests {
  let parts: RemotePartsTests
  let host = RangeHost(RemotePartsTests.zip)
  let registry: Registry
  var test: TestStore { parts.test }

  init() throws {
    parts = try RemotePartsTests()
    registry = try Registry(contentsOf: Fixtures.repository + "/registry.json")
  }

  var installer: Installer {
    Installer(store: test.store, transport: host.transport(test.folder.path + "/cache/downloads"))
  }

  func repair(_ name: String = "folds") throws -> Installer.Repair {
    try installer.repair(Verify(test.store.find(name)), registry: registry)
  }

  /// Flips a bit of a file of the model, in a copy: other links to it keep what they had.
  func damage(_ path: String, at offset: Int) throws {
    let file = "\(try test.store.find("folds").path)/\(path)"
    var content = bytes(of: file)
    content[offset] ^= 1
    try Folder.remove(file)
    try test.folder.write(String(file.dropFirst(test.folder.path.count + 1)), content)
  }

  @Test(arguments: ["all", "1"])
  func oneByteInOneFileIsFoundAndRepaired(folds: String) throws {
    try parts.install(host, folds: folds)
    let before = try parts.digests
    let receipt = try test.store.find("folds").receipt
    var random = RandomBytes(seed: 11)
    for round in 0..<40 {
      let draw = random.next(8).reduce(0) { $0 << 8 | Int($1) } & .max
      let file = receipt.files[draw % receipt.files.count]
      try damage(file.path, at: (draw >> 8) % file.size)
      let verify = try Verify(test.store.find("folds"))
      #expect(verify.damaged.map(\.path) == [file.path], "round \(round)")
      host.resetCounts()
      let repaired = try repair()
      #expect(repaired.files == [file.path])
      #expect(try parts.digests == before)
      #expect(try Verify(test.store.find("folds")).isClean)
      if file.origin == nil {
        #expect(host.requests == 0, "\(file.path) needs no network")
      } else {
        // The member, the directory, and the headers of its neighbours.
        #expect(host.sent <= file.size + 65_557 + 8_000, "\(file.path): \(host.log)")
        #expect(repaired.downloaded == host.sent)
      }
    }
    #expect(try Folder.entries(test.data + "/staging") == [])
  }

  @Test func missingFilesComeBackAndStrangersGo() throws {
    try parts.install(host)
    let model = try test.store.find("folds")
    let before = try parts.digests
    for file in model.receipt.files { try Folder.remove("\(model.path)/\(file.path)") }
    #expect(model.damagedFiles.count == model.receipt.files.count)
    try test.folder.write("data/models/folds/2026.1.1/stranger", [1])
    _ = try repair()
    #expect(try parts.digests == before)
    #expect(try Verify(test.store.find("folds")).isClean)
  }

  @Test func weightsAreConvertedAgainFromCheckpointsThatWereDropped() throws {
    try parts.install(host, slim: true)
    let model = try test.store.find("folds")
    #expect(model.isSlim && model.state == .ok)
    #expect(model.receipt.files.allSatisfy { !$0.path.hasSuffix(".pth") })
    #expect(try Verify(model).isClean)
    let before = try parts.digests
    try damage("weights/3d_fullres/fold_2.safetensors", at: 5000)
    host.resetCounts()
    let repaired = try repair()
    #expect(repaired.files == ["weights/3d_fullres/fold_2.safetensors"])
    #expect(host.sent < 189_541 + 65_557 + 8_000, "\(host.log)")
    #expect(try parts.digests == before)
    #expect(try Verify(test.store.find("folds")).isClean)
  }

  @Test func slimmingAnInstalledModelFetchesNothing() throws {
    try parts.install(host)
    host.resetCounts()
    #expect(try !parts.install(host, slim: true).wasInstalled)
    #expect(host.requests == 0)
    #expect(try test.store.find("folds").isSlim)
    #expect(try Verify(test.store.find("folds")).isClean)
    _ = try test.store.find("folds").open()
    #expect(try parts.install(host, slim: true).wasInstalled)
  }

  @Test func localArchivesAreUsedWhileTheyAreTheSame() throws {
    let zip = try test.folder.write("mine.zip", RemotePartsTests.zip)
    try test.install(try TestStore.plan(zip, name: "folds"))
    let before = try parts.digests
    let weights = "weights/3d_fullres/fold_0.safetensors"
    let plans = try #require(before.keys.first { $0.hasSuffix("plans.json") })
    try damage(weights, at: 9)
    try damage(plans, at: 9)
    _ = try repair()
    #expect(try parts.digests == before)
    try damage(plans, at: 9)
    try test.folder.write("mine.zip", RemotePartsTests.zip + [0])
    let changed = #expect(throws: NNXError.self) { try repair() }
    #expect(changed?.code == .cannotRepair)
    try Folder.remove(zip)
    let gone = #expect(throws: NNXError.self) { try repair() }
    #expect(gone?.code == .cannotRepair && gone?.fixes.isEmpty == false)
    #expect(try Verify(test.store.find("folds")).damaged.map(\.path) == [plans])
  }

  @Test func anotherFileOnTheHostRepairsNothing() throws {
    try parts.install(host)
    let plans = try #require(parts.digests.keys.first { $0.hasSuffix("plans.json") })
    try damage(plans, at: 20)
    host.behave(.lies(at: 0))
    #expect(throws: NNXError.self) { try repair() }
    #expect(try Verify(test.store.find("folds")).damaged.map(\.path) == [plans])
    host.behave(.wholeFiles)
    _ = try repair()
    #expect(try Verify(test.store.find("folds")).isClean)
  }

  @Test func quickChecksReadNothing() throws {
    try parts.install(host)
    try damage("weights/3d_fullres/fold_0.safetensors", at: 9)
    #expect(try Verify(test.store.find("folds"), isDeep: false).isClean)
    #expect(try !Verify(test.store.find("folds")).isClean)
  }
}
