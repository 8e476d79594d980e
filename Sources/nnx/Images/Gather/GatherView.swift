import NNXPredict
import NNXSystem

/// How far a cohort is, for people and programs.
struct GatherView {
  let context: Context
  let folder: String
  let state: CohortState
  let next: NextStep
  /// Cases of a kind that are told one by one.
  var most = 20

  var lines: [String] { body + [""] + [nextLine] }

  /// What to do next; the command may be longer than a line, for it is there to be copied.
  var nextLine: String { next.what + (next.shell.map { ":  " + $0 } ?? "") }

  /// All but what to do next.
  var body: [String] {
    var lines = [summary]
    lines += running
    lines += block("FAILED", state[.failed]) { item in
      let failure = item.failure
      return [
        failure.map { "error[\($0.code)]: \($0.message)" } ?? item.problem
          ?? "error[?]: its record cannot be read"
      ]
    }
    lines += block("MISSING", state[.missing]) { item in [item.problem ?? ""] }
    if !state.isListed {
      lines.append("Which cases there are to be is not known here: give -m MODEL -i IMAGES")
    }
    return lines
  }

  /// `96 of 100 done, 2 running, 1 failed, 1 missing`.
  var summary: String {
    let total = state.items.count
    var parts = ["\(state.count(.done)) of \(total) done"]
    for status in [CohortState.Status.running, .interrupted, .failed, .missing]
    where state.count(status) > 0 {
      parts.append("\(state.count(status)) \(status.rawValue)")
    }
    return parts.joined(separator: ", ")
  }

  private var running: [String] {
    let items = state[.running] + state[.interrupted]
    guard !items.isEmpty else { return [] }
    var table = Table(
      [
        .left("RUNNING", minimum: 12, keepsEnd: true), .left("HOST", rank: 2),
        .left("JOB", rank: 0), .right("BEAT", rank: 1), .left("STAGE"),
      ], in: context)
    for item in items.prefix(most) {
      let worker = item.claim?.worker
      let job = [worker?.jobId, worker?.task].compactMap(\.self).joined(separator: "_")
      table.add([
        item.name, worker?.host ?? "", job, item.age.map { Quantity.duration($0) } ?? "?",
        stage(item)
          + (item.status == .interrupted ? ", no sign of life: free for any worker" : ""),
      ])
    }
    return [""] + table.lines + more(items)
  }

  private func stage(_ item: CohortState.Item) -> String {
    guard let claim = item.claim else { return "?" }
    guard let done = claim.done else { return claim.stage }
    return "\(claim.stage) \(done)" + (claim.of.map { "/\($0)" } ?? "")
  }

  private func block(
    _ title: String, _ items: [CohortState.Item], _ cells: (CohortState.Item) -> [String]
  ) -> [String] {
    guard !items.isEmpty else { return [] }
    var table = Table(
      [.left(title, minimum: 12, keepsEnd: true), .left("", minimum: 20)], in: context)
    for item in items.prefix(most) { table.add([item.name] + cells(item)) }
    return [""] + table.lines + more(items)
  }

  private func more(_ items: [CohortState.Item]) -> [String] {
    items.count > most ? ["… and \(items.count - most) more (all of them: --json)"] : []
  }

  var json: Members {
    [
      "folder": folder,
      "counts": Members(
        [("total", state.items.count)]
          + CohortState.Status.allCases.map {
            ($0.rawValue, state.count($0))
          }),
      "isListed": state.isListed,
      "cases": state.items.map(json),
      "next": ["what": next.what, "command": next.command, "folder": next.start] as Members,
    ]
  }

  private func json(_ item: CohortState.Item) -> Members {
    var members: Members = [
      "case": item.name, "status": item.status.rawValue, "result": item.result,
    ]
    if let claim = item.claim {
      let worker = claim.worker
      members =
        members + [
          "worker": [
            "host": worker.host, "pid": worker.pid, "jobId": worker.jobId, "task": worker.task,
            "beatSeconds": item.age, "stage": claim.stage, "done": claim.done, "of": claim.of,
          ] as Members
        ]
    }
    if let failure = item.failure {
      members =
        members + [
          "error": [
            "code": failure.code, "message": failure.message, "verdict": failure.verdict.rawValue,
            "attempts": failure.attempts, "host": failure.host, "when": failure.when,
            "advice": failure.advice,
          ] as Members
        ]
    }
    return item.problem.map { members + ["problem": $0] } ?? members
  }
}
