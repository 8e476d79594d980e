import Foundation
import NNXPredict
import NNXSystem

/// Cases whose work is nothing, made as those of nnx are.
struct EmptyCohort {
  private let places: CohortPlaces
  private let items: [WorkerPool.Item]
  /// That a case takes.
  private let seconds: Double
  private let log: Int32

  init(_ folder: String, count: Int, seconds: Double) {
    let places = CohortPlaces(results: folder)
    (self.places, self.seconds) = (places, seconds)
    items = (0..<count).map { index in
      WorkerPool.Item(
        name: "c\(index)", key: CaseKey(result: "c\(index).nii.gz"),
        cost: Double((index * 7919) % count), folder: places.results)
    }
    let events = ProcessInfo.processInfo.environment["EVENTS"] ?? "/dev/null"
    log = open(events, O_WRONLY | O_CREAT | O_APPEND, 0o644)
  }

  private func note(_ what: String, _ index: Int) {
    let line = Array("\(what) \(items[index].name) \(getpid())\n".utf8)
    _ = write(log, line, line.count)
  }

  func run(stale: Double, retries: Bool) throws -> WorkerPool.End {
    WorkerPool.endOnSignals {}
    var options = WorkerPool.Options()
    (options.wait, options.retriesFailed) = (.toTheEnd, retries)
    options.worker = Int(ProcessInfo.processInfo.environment["WORKER"] ?? "") ?? 0
    let work = WorkerPool.Work(
      obstacle: { _ in nil }, look: { _, _ in .done }, run: { try make($0, $1) })
    let board = ClaimBoard(places, .own([:]), ClaimTimes(stale: stale))
    return try WorkerPool(board, items, work, options) { index, event in
      switch event {
      case .made: note("made", index)
      case .takenOver: note("fenced", index)
      case .failed(let record): note("failed:\(record.code)", index)
      case .attempt(let error), .refused(let error): note("error:\(error.code.name)", index)
      case .done: break
      }
    }.run()
  }

  /// Files staged, a look whether the case is still this worker's, then their names.
  private func make(_ index: Int, _ claim: HeldClaim) throws -> WorkerPool.Ending {
    let name = items[index].name
    let result = "\(places.results)/\(name).nii.gz"
    let record = "\(places.results)/\(name).nnx.json"
    note("start", index)
    let end = ProcessFacts.monotonicSeconds + seconds
    var steps = 0
    while ProcessFacts.monotonicSeconds < end {
      usleep(20_000)
      steps += 1
      claim.note(ProgressEvent(.predict, name, steps, of: nil, .patches))
    }
    if Folder.kind(result) == nil {
      let replaces = Folder.kind(record) != nil
      let staged = StagedFiles(owner: claim.token)
      for path in [result, record] {
        try staged.write(path) { try AtomicFile.write("\(name)\n", to: $0) }
      }
      do {
        try claim.check()
        try staged.commit(replaces: replaces, seal: record, keystone: result, takesBack: false)
      } catch {
        return error.code.name == "taken-over" ? .takenOver : .attempt(error)
      }
    }
    return .done(
      DoneRecord(
        case: name, result: "\(name).nii.gz", record: "\(name).nnx.json", made: "", inputs: [],
        results: [result, record].compactMap { StampedFile($0, as: places.relative($0)) },
        host: ProcessFacts.hostName, seconds: 0))
  }
}
