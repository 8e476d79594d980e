import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// Some folds of a model, taken out of an archive that lies on a host.
@Suite struct RemotePartsTests {
  let test: TestStore
  /// Three folds of 200 kB.
  static let zip = bytes(of: TestStore.fixture("v2/plain_ct_folds"))

  init() throws { test = try TestStore() }

  static func plan(_ host: RangeHost, pinned: Bool = true) throws -> InstallPlan {
    var plan = try TestStore.plan(TestStore.fixture("v2/plain_ct_folds"), name: "folds")
    let digest = Digest(.sha256)
    digest.update(zip)
    plan.origin = .network
    plan.items[0].files = [
      RemoteFile(
        name: "model.zip", urls: [host.url], size: pinned ? zip.count : nil,
        sha256: pinned ? digest.finish() : nil)
    ]
    return plan
  }

  @discardableResult
  func install(
    _ host: RangeHost, folds: String = "all", force: Bool = false, slim: Bool = false,
    pinned: Bool = true
  ) throws -> Installer.Result {
    var options = Installer.Options()
    options.folds = try FoldSelection(folds)
    options.force = force
    options.isSlim = slim
    return try Installer(
      store: test.store, transport: host.transport(test.folder.path + "/cache/downloads")
    ).install(Self.plan(host, pinned: pinned), options: options)
  }

  var folds: [String] {
    get throws { try test.store.find("folds").set().configurations[0].folds }
  }

  /// Digests of the installed files that do not depend on how they were fetched.
  var digests: [String: String] {
    get throws {
      let files = try test.store.find("folds").receipt.files
      return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.sha256) })
    }
  }

  @Test(arguments: [true, false])
  func oneFoldCostsOneFold(pinned: Bool) throws {
    let host = RangeHost(Self.zip)
    let result = try install(host, folds: "1", pinned: pinned)
    #expect(try folds == ["1"])
    #expect(result.model.state == .partial)
    #expect(result.downloaded == host.sent)
    // The fold, the end of the archive, and the headers of its entries.
    #expect(host.sent < 189_567 + 65_557 + 8_000, "\(host.log)")
    #expect(host.requests <= 6, "\(host.log)")
    #expect(try Verify(result.model).isClean)
    #expect(try Verify(result.model).chain.hasPrefix("archive not seen whole; members by CRC-32"))
    let archive = result.model.receipt.source.archives[0]
    #expect(!archive.isPinned && archive.sha256 == nil && archive.tag == "\"one\"")
    #expect(result.model.receipt.sets[0].configurations[0].published == ["0", "1", "2"])
    #expect(try result.model.open().entries[0].folds.map(\.name) == ["1"])
    // Nothing stays in the cache.
    #expect(test.folder.files.filter { $0.contains(".part") } == [])
  }

  @Test func foldsAddUpToTheWhole() throws {
    let host = RangeHost(Self.zip)
    try install(host, folds: "2")
    let first = test.folder.files.count
    try install(host, folds: "0,2")
    #expect(try folds == ["0", "2"])
    #expect(test.folder.files.count > first)
    host.resetCounts()
    let completed = try install(host)
    #expect(try folds == ["0", "1", "2"])
    #expect(completed.model.state == .ok)
    #expect(host.sent < 189_567 + 65_557 + 8_000)
    #expect(try Verify(completed.model).isClean)
    let parts = try digests
    #expect(try install(host).wasInstalled)
    try install(host, force: true)
    #expect(try digests == parts)
    #expect(try test.store.find("folds").receipt.source.archives[0].isPinned)
    #expect(try Folder.entries(test.data + "/staging") == [])
  }

  @Test func foldsThatAreThereNeedNoNetwork() throws {
    let host = RangeHost(Self.zip)
    try install(host)
    host.resetCounts()
    #expect(try install(host, folds: "1").wasInstalled)
    #expect(host.requests == 0)
  }

  @Test func hostsThatSendWholeFilesOnlyStillServeFolds() throws {
    for manner in [RangeHost.Manner.wholeFiles, .noTag, .weakTag] {
      let test = try TestStore()
      let host = RangeHost(Self.zip, manner)
      var options = Installer.Options()
      options.folds = .only(["2"])
      let model = try Installer(
        store: test.store, transport: host.transport(test.folder.path + "/downloads")
      ).install(Self.plan(host), options: options).model
      #expect(try model.set().configurations[0].folds == ["2"])
      #expect(model.state == .partial)
      #expect(model.receipt.source.archives[0].isPinned)
      #expect(try Verify(model).isClean)
    }
  }

  @Test func aFileThatChangesMeanwhileIsReadAnewOrRefused() throws {
    let restless = RangeHost(Self.zip, .restless)
    let error = #expect(throws: NNXError.self) { try install(restless, folds: "0") }
    #expect(error?.code == .integrity)
    // The second file is nonsense, whichever request meets it first.
    for number in 2...5 {
      let host = RangeHost(Self.zip, .changes(at: number))
      #expect(throws: NNXError.self) { try install(host, folds: "0") }
      let liar = RangeHost(Self.zip, .lies(at: number))
      #expect(throws: NNXError.self) { try install(liar, folds: "0") }
    }
    #expect(try test.store.installed().isEmpty)
    try install(RangeHost(Self.zip), folds: "0")
    #expect(try Verify(test.store.find("folds")).isClean)
  }

  @Test(arguments: [0, 1, 40_000, 70_000])
  func brokenConnectionsAreContinued(after count: Int) throws {
    let host = RangeHost(Self.zip, .cuts(after: count))
    try install(host, folds: "0,1")
    #expect(try Verify(test.store.find("folds")).isClean)
    #expect(try folds == ["0", "1"])
  }

  @Test func busyHostsAreWaitedFor() throws {
    try install(RangeHost(Self.zip, .busy), folds: "0")
    #expect(try folds == ["0"])
  }

  @Test(arguments: [RangeHost.Manner.wrongStart, .short])
  func answersThatAreNotWhatWasAskedForAreGivenUp(_ manner: RangeHost.Manner) throws {
    #expect(throws: NNXError.self) { try install(RangeHost(Self.zip, manner), folds: "0") }
    #expect(try test.store.installed().isEmpty)
  }

  @Test func aLargePartSurvivesAKillAndIsContinued() throws {
    var random = RandomBytes(seed: 3)
    let body = random.next(3_000_000)
    let zip = ZipBuilder([
      .init("Dataset001_A/x/fold_0/checkpoint_final.pth", body), .init("Dataset001_A/x/a", "x"),
    ]).build()
    let host = RangeHost(zip, .cutsAll(after: 1_000_000))
    let folder = test.folder.path + "/downloads"
    let file = RemoteFile(name: "model.zip", urls: [host.url], size: zip.count)
    // The first process ends in the middle.
    let progress: ProgressHandler = { event in
      if event.stage == .download, event.done > 900_000 { host.behave(.short) }
    }
    _ = try? host.transport(folder).withParts(of: file, progress: progress) {
      (parts) throws(NNXError) in try parts.prepare([100..<2_900_000])
    }
    host.behave(.good)
    host.resetCounts()
    var (middle, whole) = ([UInt8](), 0)
    let isThere = try host.transport(folder).withParts(of: file) {
      (parts) throws(NNXError) in
      try parts.prepare([100..<2_900_000])
      middle = try parts.bytes(at: 2_000_000, count: 9)
      whole = try parts.bytes(at: 0, count: zip.count - 1).count
    }
    #expect(isThere && whole == zip.count - 1)
    #expect(middle == Array(zip[2_000_000..<2_000_009]))
    #expect(host.log.contains { $0.lowerBound > 1_000_000 && $0.upperBound == 2_900_000 })
  }

  @Test func offlineAsksNobody() throws {
    let host = RangeHost(Self.zip)
    var options = Installer.Options()
    options.folds = .only(["0"])
    let error = #expect(throws: NNXError.self) {
      try Installer(store: test.store, transport: host.transport(test.data, offline: true))
        .install(Self.plan(host), options: options)
    }
    #expect(error?.code == .offline)
    #expect(host.requests == 0)
  }

  @Test func foldsThatDoNotExistAreNamed() throws {
    let error = #expect(throws: NNXError.self) { try install(RangeHost(Self.zip), folds: "7") }
    #expect(error?.code == .unknownFold)
    #expect(error?.details == ["It has: 0, 1, 2"])
  }

  @Test func promisedMembersAreCompared() throws {
    let host = RangeHost(Self.zip)
    var plan = try Self.plan(host)
    let member = "Dataset902_Folds/nnUNetTrainer__nnUNetPlans__3d_fullres/plans.json"
    plan.items[0].files[0].members = [
      .init(path: member, size: nil, sha256: String(repeating: "0", count: 64))
    ]
    var options = Installer.Options()
    options.folds = .only(["0"])
    let error = #expect(throws: NNXError.self) {
      try Installer(store: test.store, transport: host.transport(test.data + "/d"))
        .install(plan, options: options)
    }
    #expect(error?.code == .integrity)
    #expect(try test.store.installed().isEmpty)
  }

  @Test func anotherFileThanPromisedIsRefused() throws {
    let host = RangeHost(Self.zip)
    var plan = try Self.plan(host)
    plan.items[0].files[0].size = Self.zip.count + 1
    var options = Installer.Options()
    options.folds = .only(["0"])
    #expect(throws: NNXError.self) {
      try Installer(store: test.store, transport: host.transport(test.data + "/d"))
        .install(plan, options: options)
    }
    #expect(try test.store.installed().isEmpty)
  }

  @Test(arguments: HostileArchive.all)
  func hostileArchivesAreRefusedAsLocalOnesAre(_ hostile: HostileArchive) throws {
    // Parts are taken of zips alone.
    let others = ["tar without a checksum", "gzip of nothing"]
    guard !hostile.bytes.isEmpty, !others.contains(hostile.name) else { return }
    let host = RangeHost(hostile.bytes)
    let file = RemoteFile(name: "model.zip", urls: [host.url])
    let out = test.folder.path + "/out"
    try Folder.create(out)
    let error = #expect(throws: NNXError.self) {
      try host.transport(test.folder.path + "/d").withParts(of: file) {
        (parts) throws(NNXError) in _ = try Archive(parts).unpack(into: out)
      }
    }
    #expect(error?.code.name == hostile.code, "\(String(describing: error))")
    for file in try Folder.files(below: out) { #expect(file.size <= 1 << 20) }
  }

  @Test func selectionsAreReadStrictly() throws {
    #expect(try FoldSelection("all") == .all)
    #expect(try FoldSelection("0") == .only(["0"]))
    #expect(try FoldSelection("0,2") == .only(["0", "2"]))
    #expect(try FoldSelection("03") == .only(["3"]))
    for text in ["", "x", "0,", "-1", "0-2", "all,1", "99999"] {
      #expect(throws: NNXError.self) { try FoldSelection(text) }
    }
  }

  @Test func bothStagesOfACascadeStayTogether() throws {
    let zip = bytes(of: TestStore.fixture("v2/cascade"))
    let host = RangeHost(zip)
    var plan = try TestStore.plan(TestStore.fixture("v2/cascade"), name: "cascade")
    plan.origin = .network
    plan.items[0].files = [RemoteFile(name: "model.zip", urls: [host.url], size: zip.count)]
    var options = Installer.Options()
    options.folds = .only(["0"])
    let model = try Installer(store: test.store, transport: host.transport(test.data + "/d"))
      .install(plan, options: options).model
    #expect(try model.set().configurations.count == 2)
    #expect(try model.open().entries.count == 2)
    #expect(model.state == .ok)
  }
}
