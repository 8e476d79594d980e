import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct CacheTests {
  private let test: TestStore

  init() throws {
    test = try TestStore()
    var plan = try TestStore.plan(TestStore.fixture("v2/slices_2d"))
    plan.kind = .registry
    try test.install(plan)
    for (name, size) in [
      ("k.999999999.ab.part", 100), ("k.999999999.cd.kept", 300), ("model.zip.bad", 50),
      ("k.lock", 0),
    ] {
      try test.folder.write("cache/downloads/\(name)", [UInt8](repeating: 1, count: size))
    }
    try test.folder.write(
      "cache/downloads/k.999999999.ab.part.json", Array(#"{"file": "big.zip", "size": 400}"#.utf8))
    try test.folder.write("data/staging/999999999.x/model/weights", [1, 2, 3])
    try test.folder.write("cache/cohorts/segs-ab12.sqlite", [1, 2, 3, 4])
    try test.folder.write("cache/cohorts/segs-ab12.sqlite-journal", [1])
  }

  private func items() throws -> [CacheItem.Kind: CacheItem] {
    Dictionary(uniqueKeysWithValues: try test.store.cacheItems().map { ($0.kind, $0) })
  }

  @Test func everythingThatTakesSpaceIsListed() throws {
    let items = try items()
    #expect(
      Set(items.keys) == [
        .weights, .checkpoints, .partial, .archive, .rejected, .staging, .index,
      ])
    #expect(items[.index]?.name == "cohorts/segs-ab12")
    #expect(items[.weights]?.name == "plain/weights")
    #expect(items[.partial]?.name == "big.zip.part")
    #expect(items[.partial]?.share == 0.25)
    #expect(items[.archive]?.size == 300)
    #expect(items[.staging]?.size == 3)
  }

  @Test func pruneTakesWhatNobodyNeeds() throws {
    let plan = try CachePrune(test.store)
    #expect(Set(plan.items.map(\.kind)) == [.archive, .rejected, .staging])
    try plan.run(in: test.store)
    #expect(Set(try items().keys) == [.weights, .checkpoints, .partial, .index])
    let month = 31 * 86400
    let later = try CachePrune(test.store, now: Int(Date().timeIntervalSince1970) + month)
    #expect(later.items.map(\.kind) == [.partial, .index])
    try later.run(in: test.store)
    #expect(try Folder.entries(test.folder.path + "/cache/cohorts").isEmpty)
  }

  /// A store among a person's files: folders of these names are theirs.
  @Test func filesOfOthersStay() throws {
    let mine = ["cache/downloads/scans.zip", "data/staging/run1/notes.txt", "data/staging/a.b/c"]
    for name in mine { try test.folder.write(name, [1]) }
    #expect(try items()[.archive]?.size == 300)
    try CachePrune(cleaning: test.store).run(in: test.store)
    test.store.sweep()
    let left = try test.folder.contents()
    for name in mine { #expect(left.contains(name)) }
  }

  /// As a kill or a power cut leaves them; no process has that number (`PID_MAX_LIMIT` of linux/threads.h is 2²²).
  @Test func filesThatNeverGotTheirNamesGo() throws {
    let places = ["cache/kernel-checks/a.avx2-2.json", "cache/downloads/a.part.json"]
    for place in places { try test.folder.write("\(place).\(1 << 30).x.tmp", [1]) }
    let own = places.map { "\($0).\(getpid()).x.tmp" }
    for name in own { try test.folder.write(name, [1]) }
    test.store.sweep()
    let left = try test.folder.contents().filter { $0.hasSuffix(".tmp") }
    #expect(left.sorted() == own.sorted())
  }

  @Test func youngThingsStayWhenAnAgeIsGiven() throws {
    #expect(try CachePrune(test.store, olderThan: 3600, checkpoints: true).items.isEmpty)
    #expect(try CachePrune(cleaning: test.store, olderThan: 3600).items.isEmpty)
  }

  @Test func cleanLeavesModelsAlone() throws {
    try CachePrune(cleaning: test.store).run(in: test.store)
    #expect(Set(try items().keys) == [.weights, .checkpoints])
  }

  @Test func checkpointsGoInOneStepAndTheModelStillRuns() throws {
    try CachePrune(test.store, checkpoints: true).run(in: test.store)
    #expect(try items()[.checkpoints] == nil)
    let model = try test.store.find("plain")
    #expect(model.state == .ok && model.isDefault)
    #expect(try Verify(model).isClean)
    #expect(model.isSlim && !model.receipt.files.contains { $0.path.hasSuffix(".pth") })
    _ = try model.open()
    #expect(try test.store.catalogue().difference(from: [model]).isEmpty)
  }

  @Test func aWorkingInstallIsNotAbandoned() throws {
    let own = "data/staging/\(ProcessInfo.processInfo.processIdentifier).y"
    try test.folder.write("\(own)/file", [1])
    #expect(try test.store.cacheItems().count { $0.kind == .staging } == 1)
  }
}
