import NNXImage
import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXPredict

/// How far a cohort is, from what lies in its folder.
@Suite struct GatherTests {
  private let folder: TemporaryFolder
  private var out: String { folder.path + "/out" }

  init() throws { folder = try TemporaryFolder() }

  private func finish(_ name: String) throws {
    try folder.write("out/\(name).nii.gz", Array(name.utf8))
    let record: OrderedJSON = [
      "schema": "nnx.run/1",
      "output": ["path": .string(lastComponent(name) + ".nii.gz"), "sha256": "x"],
    ]
    try folder.write("out/\(name).nnx.json", Array(record.text().utf8))
  }

  private func list(_ names: [String], input: String = "in") throws {
    let cases = names.map { name in
      var item = Case(name: name, images: ["\(folder.path)/\(input)/\(name).nii.gz"])
      item.facts = [.init("site", "Ulm")]
      return item
    }
    let targets = try OutputPaths(out + "/", cases: cases, inputs: ["a", "b"])
    try CohortList(model: "m", inputs: ["/\(input)"], filters: [], cases, targets)?.write(to: out)
  }

  private func worker(restart: Int? = nil) -> WorkerIdentity {
    WorkerIdentity(
      host: "n1", bootId: "b", pidNamespace: "p", pid: 1, pidStart: nil, engine: "slurm",
      jobId: "4711", task: "0", restart: restart, memoryLimit: nil)
  }

  private func claim(_ name: String, stage: String = "predict") throws -> String {
    let key = CaseKey(result: name + ".nii.gz")
    var claim = Claim(token: "t", case: name, worker: worker(), stale: 300)
    (claim.stage, claim.done, claim.of) = (stage, 5, 20)
    let path = CohortPlaces(results: out).claim(key, 1)
    #expect(try SharedFile.claim(path, Array(OrderedJSON(encoding: claim).text().utf8)))
    return path
  }

  private func fail(_ name: String) throws {
    let error = NNXError(.usage, "it is no image")
    let record = FailedRecord(
      case: name, .input, error, attempts: 1, generation: 1, host: "n1", jobId: nil, when: "now")
    try CohortPlaces(results: out).publish(record, CaseKey(result: name + ".nii.gz"), owner: "t")
  }

  private func index(_ reads: @escaping @Sendable (String) -> Void = { _ in }) throws -> CohortIndex
  {
    try CohortIndex(of: out, cache: folder.path + "/cache") { segmentation, _ in
      reads(segmentation)
      return [[lastComponent(segmentation), "1"]]
    }
  }

  private func state(_ more: [CohortList.Entry] = []) throws -> CohortState {
    try CohortState(out, index(), more: more)
  }

  @Test func eachCaseHasOneState() throws {
    for name in ["s1/ct", "s2/ct"] { try finish(name) }
    try list(["s1/ct", "s2/ct", "s3/ct", "s4/ct", "s5/ct", "s6/ct"])
    try fail("s3/ct")
    _ = try claim("s4/ct")
    // Its worker gave no sign of life for long.
    SharedFile.giveUp(try claim("s5/ct"))
    // Done by a worker: its claim stays.
    _ = try claim("s2/ct")
    let state = try state()
    #expect(state.isListed)
    #expect(
      state.items.map(\.name) == (1...6).map { "s\($0)/ct" })
    #expect(
      state.items.map(\.status) == [.done, .done, .failed, .running, .interrupted, .missing])
    let running = try #require(state[.running].first)
    #expect(running.claim?.worker.host == "n1" && running.claim?.done == 5)
    #expect(try #require(running.age) < 60)
    #expect(state[.failed].first?.failure?.message == "it is no image")
  }

  /// Without a list nothing is missing; what workers say is there all the same.
  @Test func withoutAListNothingIsMissing() throws {
    try finish("a")
    try fail("b")
    _ = try claim("c%d")
    let state = try state()
    #expect(!state.isListed)
    #expect(state.items.map(\.name) == ["a", "b", "c%d"])
    #expect(state.items.map(\.status) == [.done, .failed, .running])
  }

  /// Lists of several inputs into one folder count together.
  @Test func listsOfSeveralInputsCount() throws {
    try finish("a")
    try list(["a", "b"])
    try list(["c", "d"], input: "other")
    #expect(try state().items.map(\.status) == [.done, .missing, .missing, .missing])
    let more = try #require(try CohortList(contentsOf: CohortList.paths(in: out)[0]))
    #expect(try state(more.entries).items.count == 4)
    #expect(try CohortFacts([more]).columns == ["site"])
  }

  /// The index reads what changed, and nothing else.
  @Test func theIndexCatchesUp() throws {
    let reads = Mutex<[String]>([])
    func names() throws -> [String] {
      let index = try index { path in reads.withLock { $0.append(lastComponent(path)) } }
      let names = try index.entries().filter(\.isThere).map(\.name)
      #expect(try Set(index.tableRows().keys) == Set(names.map { $0 + ".nii.gz" }))
      return names
    }
    func read() -> [String] {
      reads.withLock { all in
        defer { all = [] }
        return all.sorted()
      }
    }
    for name in ["a", "b", "x/c"] { try finish(name) }
    #expect(try names() == ["a", "b", "x/c"])
    #expect(read() == ["a.nii.gz", "b.nii.gz", "c.nii.gz"])
    #expect(try names() == ["a", "b", "x/c"])
    #expect(read() == [])
    // A segmentation that changed, one that went, a new case.
    try folder.write("out/b.nii.gz", Array("another".utf8))
    try Folder.remove(out + "/a.nii.gz")
    try finish("d")
    #expect(try names() == ["b", "d", "x/c"])
    #expect(read() == ["b.nii.gz", "d.nii.gz"])
    try Folder.remove(out + "/x")
    #expect(try names() == ["b", "d"])
  }

  @Test func aDamagedIndexIsMadeAnew() throws {
    try finish("a")
    _ = try index()
    let place = folder.path + "/cache/cohorts"
    let name = try #require(Folder.entries(place).first)
    try folder.write("cache/cohorts/\(name)", Array("this is no database at all, or is it".utf8))
    #expect(try index().entries().map(\.name) == ["a"])
  }

  /// A record that cannot be read is told of, and its case is not done.
  @Test func aBrokenRecordIsTold() throws {
    try finish("a")
    try folder.write("out/b.nnx.json", Array("{".utf8))
    try folder.write("out/nnx-stats.nnx.json", Array("{\"schema\": \"nnx.table/1\"}".utf8))
    let state = try state()
    #expect(state.items.map(\.name) == ["a", "b"])
    #expect(state.items[1].status == .missing && state.items[1].problem?.isEmpty == false)
  }

  @Test func theNextStepIsACommand() throws {
    try finish("a")
    try list(["a", "b"])
    let lists = try CohortList.paths(in: out).map { try CohortList(contentsOf: $0) }
    func next() throws -> [String]? {
      NextStep(try state(), folder: "out", lists: lists).command
    }
    let predict = ["nnx", "predict", "-m", "m", "-i", "/in", "-o", "out", "--claim"]
    #expect(try next() == predict)
    try fail("b")
    #expect(try next() == predict + ["--retry-failed"])
    try Folder.remove("\(out)/.nnx/failed")
    let path = try claim("b")
    #expect(try next() == ["nnx", "gather", "out", "--watch"])
    SharedFile.giveUp(path)
    #expect(try next() == predict)
    try finish("b")
    #expect(try next() == ["nnx", "gather", "out", "-o", "report.html"])
  }
}
