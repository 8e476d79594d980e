import ArgumentParser
import NNXPredict
import NNXSystem

/// How `nnx predict` shares a folder of scans with other workers.
struct ClaimOptions: ParsableArguments {
  @Flag(
    name: .customLong("claim"),
    help: "Be one of any number of workers, on any machines, that share the cases.")
  var isOn = false

  @Flag(
    inversion: .prefixedNo,
    help: "Stay while others work, in case they die (default: in a batch job, for a while).")
  var wait: Bool?

  @Flag(help: "Try cases again that failed for good.")
  var retryFailed = false

  @Option(
    help: ArgumentHelp(
      "Seconds without a sign of life after which a worker counts as dead (default: 300).",
      valueName: "seconds"))
  var stale: Double?

  func validate() throws {
    if let stale, !(stale >= 1 && stale <= 86_400) {
      throw ValidationError("--stale takes seconds, from 1 to 86400")
    }
    let others = [wait == nil ? nil : "--wait", retryFailed ? "--retry-failed" : nil]
    if !isOn, let flag = others.compactMap(\.self).first ?? (stale == nil ? nil : "--stale") {
      throw ValidationError("\(flag) goes with --claim")
    }
  }

  /// - Parameter flags: in use, that do not go with workers.
  /// - Throws: `usage`.
  func check(_ targets: OutputPaths, _ flags: String?...) throws(NNXError) {
    if let flag = flags.compactMap(\.self).first {
      throw NNXError(
        .usage, "\(flag) and --claim are two things: each worker would do all cases again",
        fixes: ["Give one of the two"])
    }
    guard targets.folder == nil else { return }
    throw NNXError(
      .usage, "--claim shares the cases of a folder, and this is one image",
      fixes: ["Leave --claim out", "Or name a folder of images"])
  }

  /// - Throws: `usage` for a deadline that is no time.
  func deadline(_ context: Context) throws(NNXError) -> Double? {
    guard let text = context.environment["NNX_DEADLINE"], !text.isEmpty else { return nil }
    guard let time = Double(text), time > 0 else {
      throw NNXError(
        .usage, "NNX_DEADLINE is no time: '\(text.excerpt)'",
        fixes: ["Seconds since 1970, as in: export NNX_DEADLINE=$(( $(date +%s) + 3600 ))"])
    }
    return time
  }

  func pool(_ identity: WorkerIdentity) -> WorkerPool.Options {
    var options = WorkerPool.Options()
    options.wait =
      wait.map { $0 ? .toTheEnd : .no } ?? (identity.engine == nil ? .no : .whileNeeded)
    options.retriesFailed = retryFailed
    options.worker = identity.worker
    return options
  }
}
