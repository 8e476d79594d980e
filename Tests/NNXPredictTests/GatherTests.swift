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

  /// Two patients of one name, from two folders of images, into one folder of results.
  @Test func resultsOfOneNameAreOneCasesAlone() throws {
    for name in ["ct", "x", "y"] { try finish(name) }
    for (input, other) in [("a", "x"), ("b", "y")] {
      try folder.write("\(input)/ct.nii.gz", Array(input.utf8))
      try list(["ct", other], input: input)
    }
    let state = try state()
    #expect(state.count(.done) == 3 && state.count(.failed) == 1 && state.items.count == 4)
    #expect(state[.failed].first?.problem?.contains("folder of results of its own") ?? false)
    // A cohort that was moved.
    try Folder.remove("\(folder.path)/a/ct.nii.gz")
    #expect(try self.state().count(.failed) == 0)
  }

  @Test func columnsOfTablesHideNone() throws {
    try list(["ct", "mr"])
    let facts = CohortFacts(in: out, [])
    #expect(facts.header(behind: ["case", "Site"]) == ["case", "Site", "table.site"])
    #expect(facts.header(behind: ["case"]) == ["case", "site"])
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

  /// "ë" of one scalar and of two are two files, and two patients, each with its own numbers.
  @Test func namesOfTwoFormsAreTwoCases() throws {
    let names = ["Zo\u{EB}", "Zoe\u{308}"]
    for name in names { try finish(name) }
    try list(names + ["Rene\u{301}", "Ren\u{E9}"])
    let rows = try index().tableRows()
    for name in names {
      let file = name + ".nii.gz"
      #expect(rows[ExactText(file)]?[0].first?.utf8.elementsEqual(file.utf8) == true)
    }
    let state = try state()
    #expect(state.count(.done) == 2 && state.count(.missing) == 2)
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
    let more = try CohortList(contentsOf: CohortList.paths(in: out)[0])
    #expect(try state(more.entries).items.count == 4)
    #expect(try CohortFacts([more]).columns == ["site"])
  }

  /// The index reads what changed, and nothing else.
  @Test func theIndexCatchesUp() throws {
    let reads = Mutex<[String]>([])
    func names() throws -> [String] {
      let index = try index { path in reads.withLock { $0.append(lastComponent(path)) } }
      let names = try index.entries().filter(\.isThere).map(\.name)
      #expect(try Set(index.tableRows().keys.map(\.text)) == Set(names.map { $0 + ".nii.gz" }))
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

  private func indexFile() throws -> String {
    let names = try Folder.entries(folder.path + "/cache/cohorts")
    #expect(names.count == 1)
    return "cache/cohorts/" + (try #require(names.first))
  }

  @Test func aDamagedIndexIsMadeAnew() throws {
    for number in 0..<300 { try finish("case-\(number)") }
    let whole = try index().tableRows()
    #expect(whole.count == 300)
    let place = try indexFile()
    #expect(place.hasPrefix("cache/cohorts/out-"))
    let good = try folder.read("\(folder.path)/\(place)")
    var damaged: [[UInt8]] = [
      Array("this is no database at all, or is it".utf8), [], Array(good.prefix(good.count / 2)),
    ]
    // A page of the table, then some of each.
    for page in stride(from: 4096, to: good.count, by: 4096) {
      var bytes = good
      for index in page..<(page + 200) { bytes[index] = 0xA5 }
      damaged.append(bytes)
    }
    for bytes in damaged {
      try folder.write(place, bytes)
      let index = try index()
      #expect(try index.entries().count == 300 && index.isKept)
      #expect(try index.tableRows() == whole)
    }
    try Folder.remove("\(folder.path)/\(place)")
    #expect(try index().tableRows() == whole)
  }

  /// A cache that cannot be written to, as that of a user whose disk is full: all records are read.
  @Test func withoutAPlaceForItTheIndexIsInMemory() throws {
    for name in ["a", "b"] { try finish(name) }
    try folder.write("cache", Array("a file where the folder should be".utf8))
    let index = try index()
    #expect(!index.isKept)
    #expect(try index.entries().map(\.name) == ["a", "b"])
    #expect(try index.tableRows().count == 2)
  }

  /// Two people look at once, while a run goes on.
  @Test func severalLooksAtOnceAgree() throws {
    for number in 0..<40 { try finish("old-\(number)") }
    let fewest = Mutex([Int]())
    try Parallel.forEach(8) { (number) throws(NNXError) in
      for step in 0..<3 {
        do { try finish("new-\(number)-\(step)") } catch { throw NNXError(.bug, "\(error)") }
        let index = try CohortIndex(of: out, cache: folder.path + "/cache") { _, _ in [["1"]] }
        let count = try index.entries().count
        fewest.withLock { $0.append(index.isKept ? count - 41 - step : -1) }
      }
    }
    #expect(fewest.withLock { $0.count == 24 && $0.allSatisfy { $0 >= 0 } })
    #expect(try index().entries().count == 64)
  }

  /// What lies elsewhere now, under the same path, is another folder.
  @Test func anIndexOfAFolderThatWasReplacedIsNotBelieved() throws {
    for name in ["a", "b"] { try finish(name) }
    #expect(try index().entries().map(\.name) == ["a", "b"])
    try Folder.move(out, to: out + "-old")
    try finish("b")
    let reads = Mutex(0)
    let index = try index { _ in reads.withLock { $0 += 1 } }
    #expect(try index.entries().map(\.name) == ["b"])
    #expect(reads.withLock { $0 } == 1)
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

  /// Of several inputs the command is of those that something is left of, with the settings that were given.
  @Test func theNextStepGoesOnAsItWasBegun() throws {
    for name in ["a", "b"] { try finish(name) }
    try list(["a", "b"], input: "first")
    let cases = ["ü b", "c"].map { Case(name: $0, images: ["/x/\($0).nii.gz"]) }
    let targets = try OutputPaths(out + "/", cases: cases, inputs: ["a", "b"])
    let words = ["predict", "-m", "m", "-i", "it's $HOME/ü", "-o", "out", "--no-tta"]
    try CohortList(model: "m", inputs: ["x"], filters: [], command: words, cases, targets)?
      .write(to: out)
    let lists = try CohortList.paths(in: out).map { try CohortList(contentsOf: $0) }
    let here = NextStep(try state(), folder: "out", lists: lists)
    #expect(here.command == ["nnx"] + words + ["--claim"] && here.start == nil)
    let elsewhere = NextStep(try state(), folder: "out", lists: lists, here: "/elsewhere")
    #expect(elsewhere.start == Folder.absolute("."))
    #expect(
      elsewhere.shell == "cd \(ShellText.word(Folder.absolute("."))) && "
        + "nnx predict -m m -i 'it'\\''s $HOME/ü' -o out --no-tta --claim")
  }

  /// An empty folder is not done.
  @Test func nothingIsNotAll() throws {
    try Folder.create(out)
    let step = NextStep(try state(), folder: "-out", lists: [])
    #expect(step.what == "nothing is known here")
    #expect(step.command?.suffix(3) == ["-o", "./-out", "--claim"])
  }
}
