import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Workers whose work is nothing.
@Suite struct WorkerPoolTests {
  private let folder: TemporaryFolder
  private let places: CohortPlaces

  init() throws {
    folder = try TemporaryFolder()
    places = CohortPlaces(results: folder.path)
  }

  private func items(_ count: Int, cost: (Int) -> Double = { Double($0) }) -> [WorkerPool.Item] {
    (0..<count).map { index in
      WorkerPool.Item(
        name: "p\(index)", key: CaseKey(result: "p\(index).nii.gz"), cost: cost(index),
        folder: places.results)
    }
  }

  private func doneRecord(_ index: Int) -> DoneRecord {
    DoneRecord(
      case: "p\(index)", result: "p\(index).nii.gz", record: "p\(index).nnx.json", made: "0",
      inputs: [], results: [], host: "a", seconds: 0)
  }

  private func pool(
    _ items: [WorkerPool.Item], job: String? = nil, options: WorkerPool.Options = .init(),
    obstacle: @escaping (Int) -> WorkerPool.Obstacle? = { _ in nil },
    look: @escaping (Int) -> WorkerPool.Finding = { _ in .done },
    run: @escaping (Int, HeldClaim) throws -> WorkerPool.Ending
  ) -> WorkerPool {
    var identity = WorkerIdentity.own([:])
    identity.jobId = job
    return WorkerPool(
      ClaimBoard(places, identity, ClaimTimes()), items,
      .init(obstacle: obstacle, look: { index, _ in look(index) }, run: run), options)
  }

  @Test func theLargestComesFirst() throws {
    var order: [Int] = []
    let end = try pool(items(5)) { index, _ in
      order.append(index)
      return .done(doneRecord(index))
    }.run()
    #expect(order == [4, 3, 2, 1, 0])
    #expect(end == .init(done: 5) && end.exit == .done)
    let again = try pool(items(5)) { _, _ in throw NNXError(.bug, "done twice") }.run()
    #expect(again.done == 5)
  }

  @Test func whatIsLeftDecidesTheStatus() throws {
    let end = try pool(
      items(4), obstacle: { $0 == 0 ? .memory : $0 == 1 ? .time : nil }
    ) { index, _ in
      index == 2 ? .failed(NNXError(.usage, "broken")) : .done(doneRecord(index))
    }.run()
    #expect(end == .init(done: 1, failed: 1, tooLarge: 1, tooLong: 1) && end.exit == .again)
    #expect(try Folder.names("\(places.folder(.claims))").count <= 2)
    let more = try pool(items(4), obstacle: { $0 == 0 ? .memory : nil }) { index, _ in
      .done(doneRecord(index))
    }.run()
    #expect(more.exit == .tooLarge && more.done == 2)
    let all = try pool(items(4)) { index, _ in .done(doneRecord(index)) }.run()
    #expect(all.exit == .failed && all.failed == 1 && all.done == 3)
  }

  @Test func memoryFoundShortIsNoAttempt() throws {
    let end = try pool(items(1)) { _, _ in .obstacle(.memory) }.run()
    #expect(end.exit == .tooLarge)
    #expect(try pool(items(1)) { index, _ in .done(doneRecord(index)) }.run().exit == .done)
  }

  @Test func failuresAreTriedAgainOnRequestOnceForAJob() throws {
    func run(_ job: String?, retries: Bool) throws -> (tries: Int, end: WorkerPool.End) {
      var options = WorkerPool.Options()
      options.retriesFailed = retries
      var tries = 0
      let end = try pool(items(1), job: job, options: options) { _, _ in
        tries += 1
        return .failed(NNXError(.usage, "broken"))
      }.run()
      return (tries, end)
    }
    #expect(try run("1", retries: false).tries == 1)
    #expect(try run("1", retries: false).tries == 0)
    #expect(try run("1", retries: true).tries == 0)
    #expect(try run("2", retries: true).tries == 1)
    #expect(try run("2", retries: true).tries == 0)
    #expect(try run(nil, retries: true).tries == 1)
    #expect(try run(nil, retries: true).end.exit == .failed)
  }

  @Test func errorsThatAreNotTheImagesEndAfterThree() throws {
    var tries = 0
    let end = try pool(items(2)) { index, _ in
      guard index == 1 else { return .done(doneRecord(index)) }
      tries += 1
      return .attempt(NNXError(.unreadable, "the disk coughs"))
    }.run()
    #expect(tries == 3)
    #expect(end == .init(done: 1, failed: 1))
    let path = places.record(.failed, CaseKey(result: "p1.nii.gz"))
    let record = try FailedRecord(contentsOf: path)
    #expect(record.verdict == .poison && record.attempts == 3 && record.code == "unreadable")
    #expect(record.message == "the disk coughs" && record.status == 74)
  }

  /// Cases may end during later calls; all do before the worker ends, and none is taken twice.
  @Test func casesMayEndLater() throws {
    var waiting: (index: Int, end: WorkerPool.Work.End)?
    var order: [String] = []
    func finish() throws {
      guard let last = waiting else { return }
      waiting = nil
      order.append("ends \(last.index)")
      try last.end(.done(doneRecord(last.index)))
    }
    let work = WorkerPool.Work(
      obstacle: { _ in nil }, look: { _, _ in .done },
      run: { index, _, end in
        order.append("begins \(index)")
        try finish()
        waiting = (index, end)
      }, finish: { try finish() })
    let board = ClaimBoard(places, .own([:]), ClaimTimes())
    #expect(try WorkerPool(board, items(3), work).run() == .init(done: 3))
    #expect(order == ["begins 2", "begins 1", "ends 2", "begins 0", "ends 1", "ends 0"])
  }

  /// What stands in the way of all gives all back that were begun.
  @Test func anEndForAllGivesAllBack() throws {
    let work = WorkerPool.Work(
      obstacle: { _ in nil }, look: { _, _ in .done },
      run: { index, _, _ in if index == 0 { throw NNXError(.noSpace, "full") } }, finish: {})
    let board = ClaimBoard(places, .own([:]), ClaimTimes())
    #expect(throws: NNXError.self) { try WorkerPool(board, items(2), work).run() }
    for index in 0...1 {
      let key = CaseKey(result: "p\(index).nii.gz")
      #expect(try CohortListing.history(key, places).isReleased)
    }
  }

  /// A run without claims may have met an error that another try does not meet.
  @Test func whatWasOnlyTriedIsTriedAgain() throws {
    for (index, code) in [NNXError.Code.unreadable, .usage].enumerated() {
      let record = try #require(FailedRecord(case: "p\(index)", NNXError(code, "bad")))
      #expect(record.verdict == (index == 0 ? .tried : .input))
      try places.note(record, CaseKey(result: "p\(index).nii.gz"))
    }
    #expect(FailedRecord(case: "p", NNXError(.outputExists, "there")) == nil)
    var tried: [Int] = []
    let end = try pool(items(2)) { index, _ in
      tried.append(index)
      return .failed(NNXError(.usage, "worse"))
    }.run()
    #expect(tried == [0] && end == .init(failed: 2))
    let path = places.record(.failed, CaseKey(result: "p0.nii.gz"))
    let record = try FailedRecord(contentsOf: path)
    #expect(record.verdict == .input && record.message == "worse")
  }

  @Test func aResultThatIsGoneIsMadeAnew() throws {
    #expect(try pool(items(1)) { index, _ in .done(doneRecord(index)) }.run().done == 1)
    for _ in 1...5 {
      // Earlier generations that were successes are no attempts.
      var made = 0
      let end = try pool(items(1), look: { _ in made == 0 ? .void : .done }) { index, _ in
        made += 1
        return .done(doneRecord(index))
      }.run()
      #expect(made == 1 && end.exit == .done)
    }
    let record = try DoneRecord(contentsOf: places.record(.done, CaseKey(result: "p0.nii.gz")))
    #expect(record.generation == 6)
  }

  @Test func anErrorOfTheWorkerGivesTheCaseBack() throws {
    #expect(throws: NNXError.self) {
      try pool(items(1)) { _, _ in throw NNXError(.noSpace, "full") }.run()
    }
    let history = try CohortListing.history(CaseKey(result: "p0.nii.gz"), places)
    #expect(history.top == 1 && history.isReleased)
  }

  /// 100,000 cases of which half are done: the first claim comes within a second.
  @Test func manyCasesAreListedFast() throws {
    let items = items(100_000, cost: { _ in 1 })
    for kind in [CohortPlaces.Kind.claims, .done] {
      for shard in 0..<256 {
        let name = String(shard, radix: 16)
        try Folder.create("\(places.folder(kind))/\(name.count == 1 ? "0" + name : name)")
      }
    }
    for item in items.prefix(50_000) {
      for path in [places.claim(item.key, 1), places.record(.done, item.key)] {
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o644)
        try #require(descriptor >= 0)
        close(descriptor)
      }
    }
    struct Stop: Error {}
    let start = ProcessFacts.monotonicSeconds
    var first: Double?
    let order = WorkOrder(items.map(\.cost))
    let listing = try CohortListing(places)
    let free = order.look(isFirst: true).first { !listing.done.contains(items[$0].key.text) }
    let board = ClaimBoard(places, WorkerIdentity.own([:]), ClaimTimes())
    let item = items[try #require(free)]
    if case .claimed = try board.claim(
      item.key, listing.claims[item.key.text] ?? CaseHistory(), name: item.name,
      folder: item.folder)
    {
      first = ProcessFacts.monotonicSeconds - start
    }
    let seconds = try #require(first)
    #expect(listing.done.count == 50_000 && listing.claims.count == 50_000)
    #if DEBUG
      #expect(seconds < 10)
    #else
      #expect(seconds < 1)
    #endif
  }
}
