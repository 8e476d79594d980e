import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// The protocol of docs/format/cohort.md, with workers whose machines, jobs and times are made up.
@Suite struct ClaimBoardTests {
  private let folder: TemporaryFolder
  private let places: CohortPlaces
  private let key = CaseKey(result: "p1.nii.gz")

  init() throws {
    folder = try TemporaryFolder()
    places = CohortPlaces(results: folder.path + "/out")
  }

  private func identity(
    _ host: String = "a", boot: String = "boot", pid: Int = 1, job: String? = nil,
    task: String? = nil, restart: Int? = nil
  ) -> WorkerIdentity {
    WorkerIdentity(
      host: host, bootId: boot, pidNamespace: "pid:[1]", pid: pid, pidStart: 7,
      engine: job == nil ? nil : "slurm", jobId: job, task: task, restart: restart)
  }

  /// - Parameter dead: numbers of processes that are gone.
  private func board(
    _ token: String, _ identity: WorkerIdentity? = nil, stale: Double = 300, dead: Set<Int> = []
  ) -> ClaimBoard {
    ClaimBoard(
      places, identity ?? self.identity(token, boot: token), ClaimTimes(stale: stale),
      token: token
    ) { pid, _ in dead.contains(pid) }
  }

  private func claim(_ board: ClaimBoard) throws -> ClaimBoard.Answer {
    try board.claim(
      key, try CohortListing(places).claims[key.text] ?? CaseHistory(), name: "p1",
      folder: places.results)
  }

  private func held(_ answer: ClaimBoard.Answer) throws -> HeldClaim {
    guard case .claimed(let claim) = answer else { throw NNXError(.bug, "\(answer)") }
    return claim
  }

  private func isHeld(_ answer: ClaimBoard.Answer) -> Bool {
    if case .held = answer { true } else { false }
  }

  /// Moves the heartbeat of a generation into the past.
  private func age(_ generation: Int, by seconds: Double) throws {
    let path = places.claim(key, generation)
    let now = try SharedFile.now(folder.path + "/clock")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: now - seconds)], ofItemAtPath: path)
  }

  @Test func oneOfManyGetsACase() throws {
    let first = try held(claim(board("a")))
    #expect(first.generation == 1)
    #expect(isHeld(try claim(board("b"))))
    // Who knows an old listing meets the file.
    guard
      case .lost = try board("c").claim(
        key, CaseHistory(), name: "p1", folder: places.results)
    else {
      Issue.record("two workers have one generation")
      return
    }
    let written = try #require(Claim(contentsOf: places.claim(key, 1)))
    #expect(written.token == "a" && written.case == "p1" && written.worker.host == "a")
  }

  @Test func ofManyAtOnceExactlyOneWins() throws {
    let won = try (0..<20).reduce(into: 0) { won, round in
      let key = CaseKey(result: "q\(round).nii.gz")
      let boards = (0..<8).map { board("w\($0)") }
      let wins = Array(repeating: 0, count: 8)
      nonisolated(unsafe) var results = wins
      try unsafe results.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let buffer = unsafe buffer
        try Parallel.forEach(8, workers: 8) { (index) throws(NNXError) in
          let answer = try boards[index].claim(
            key, CaseHistory(), name: "q", folder: places.results)
          if case .claimed = answer { unsafe buffer[index] = 1 }
        }
      }
      won += unsafe results.reduce(0, +)
    }
    #expect(won == 20)
  }

  @Test func aSilentWorkerLosesItsCase() throws {
    let first = try held(claim(board("a")))
    try age(1, by: 290)
    #expect(isHeld(try claim(board("b"))))
    try age(1, by: 310)
    let second = try held(claim(board("b")))
    #expect(second.generation == 2)
    let error = #expect(throws: NNXError.self) { try first.check() }
    #expect(error?.code == .takenOver)
    try second.check()
    // A heartbeat that comes late takes nothing back.
    #expect(first.beat())
    #expect(throws: NNXError.self) { try first.check() }
  }

  /// The longer of what both say.
  @Test func whoPromisedToBeSlowIsWaitedFor() throws {
    _ = try held(claim(board("a", stale: 1000)))
    try age(1, by: 900)
    #expect(isHeld(try claim(board("b"))))
    try age(1, by: 1100)
    _ = try held(claim(board("b")))
  }

  @Test func whoIsDeadOnThisMachineIsNotWaitedFor() throws {
    _ = try held(claim(board("a", identity(pid: 10))))
    // Another machine, and another namespace, cannot tell.
    #expect(isHeld(try claim(board("b", identity(boot: "other"), dead: [10]))))
    var elsewhere = identity()
    elsewhere.pidNamespace = "pid:[2]"
    #expect(isHeld(try claim(board("c", elsewhere, dead: [10]))))
    #expect(isHeld(try claim(board("d", identity(pid: 11)))))
    #expect(try held(claim(board("e", identity(pid: 12), dead: [10]))).generation == 2)
  }

  @Test func aRequeuedTaskKnowsItsFormerLife() throws {
    _ = try held(claim(board("a", identity("n1", boot: "1", job: "7", task: "3", restart: 0))))
    for other in [
      identity("n2", boot: "2", job: "7", task: "4", restart: 1),
      identity("n2", boot: "2", job: "8", task: "3", restart: 1),
      identity("n2", boot: "2", job: "7", task: "3", restart: 0),
    ] {
      #expect(isHeld(try claim(board("b", other))))
    }
    let next = identity("n2", boot: "2", job: "7", task: "3", restart: 1)
    #expect(try held(claim(board("c", next))).generation == 2)
  }

  @Test func whatIsGivenBackIsFreeAndNoAttempt() throws {
    for generation in 1...5 {
      let claim = try held(claim(board("a")))
      #expect(claim.generation == generation)
      claim.release()
    }
    let names = try Folder.entries("\(places.folder(.claims))/\(key.shard)")
    #expect(names.count == 10 && names.contains("p1.g5.released"))
  }

  @Test func threeDeathsAreEnough() throws {
    let dead = identity(pid: 10)
    for _ in 1...3 {
      _ = try held(claim(board("a\(UInt64.random(in: 0...9999))", dead, dead: [10])))
    }
    guard case .exhausted(3, let claims) = try claim(board("b", identity(), dead: [10])) else {
      Issue.record("a fourth try")
      return
    }
    #expect(claims.count == 3)
    // While the third still works, nobody judges.
    #expect(isHeld(try claim(board("c", identity()))))
  }

  /// A worker that is killed between the name and the bytes of its claim.
  @Test func anEmptyClaimIsJudgedByItsTime() throws {
    let path = places.claim(key, 1)
    try folder.write(String(path.dropFirst(folder.path.count + 1)), [])
    #expect(isHeld(try claim(board("b"))))
    try age(1, by: 301)
    #expect(try held(claim(board("b"))).generation == 2)
  }

  @Test func whatADeadWorkerLeftGoes() throws {
    _ = try held(claim(board("abc1", identity(pid: 10))))
    let stage = StagedFiles.stage(of: "abc1", in: places.results)
    try Folder.create(stage)
    try Folder.create(StagedFiles.stage(of: "other", in: places.results))
    _ = try held(claim(board("b", identity(), dead: [10])))
    #expect(Folder.kind(stage) == nil)
    #expect(Folder.kind(StagedFiles.stage(of: "other", in: places.results)) == .folder)
  }

  @Test func theHeartbeatFollowsTheWork() throws {
    let claim = try held(claim(board("a")))
    let now = ProcessFacts.monotonicSeconds
    #expect(claim.beat(now: now + 599))
    claim.note(ProgressEvent(.predict, "p1", 3, of: 8, .patches))
    #expect(claim.beat(now: now + 300))
    // Patches count, not processor time, once there are some.
    #expect(!claim.beat(now: now + 700))
    claim.note(ProgressEvent(.predict, "p1", 3, of: 8, .patches))
    #expect(!claim.beat(now: now + 700))
    let written = try #require(Claim(contentsOf: places.claim(key, 1)))
    #expect(written.stage == "predict" && written.done == 3 && written.of == 8)
    claim.finish()
    #expect(!claim.beat(now: now))
  }

  /// No machine's clock is asked: the files' own times are a year ahead, and nobody is taken for dead.
  @Test func anotherClockChangesNothing() throws {
    _ = try held(claim(board("a")))
    let later = Date(timeIntervalSinceNow: 365 * 86_400)
    for path in [places.claim(key, 1), places.root + "/clock"] where Folder.kind(path) != nil {
      try FileManager.default.setAttributes([.modificationDate: later], ofItemAtPath: path)
    }
    #expect(isHeld(try claim(board("b"))))
  }
}
