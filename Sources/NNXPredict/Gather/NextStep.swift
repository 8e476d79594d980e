import NNXSystem

/// What to do next with a cohort, as a command to type.
package struct NextStep: Equatable, Sendable {
  /// In words.
  package let what: String
  /// `nil`: nothing but to wait.
  package let command: [String]?
  /// Where the command has to be typed; `nil`: where nnx runs.
  package let start: String?

  /// - Parameters:
  ///   - folder: of the results, as it was given.
  ///   - lists: of its cases; their inputs and model are in the command.
  ///   - here: the folder that nnx runs in.
  package init(
    _ state: CohortState, folder: String, lists: [CohortList], here: String = Folder.absolute(".")
  ) {
    func count(_ number: Int) -> String { counted(number, "case") }
    let folder = folder.hasPrefix("-") ? "./\(folder)" : folder
    let left = state.count(.missing) + state.count(.interrupted)
    let failed = state[.failed]
    let page = ["nnx", "gather", folder, "-o", "report.html"]
    let watch = ["nnx", "gather", folder, "--watch"]
    let job = "\(Folder.trimmed(folder))/.nnx/logs/job.sh"
    if left > 0, state.count(.running) > 0 {
      self.init("\(count(left)) to come, and workers are at it", watch)
    } else if left > 0, Folder.isFile(job) {
      self.init("\(count(left)) to do, and no worker is at it", ["sbatch", job])
    } else if left > 0 || state.items.isEmpty {
      let predict = Work(state.items.filter { $0.status != .done }, folder, lists, here)
      self.init(
        state.items.isEmpty
          ? "nothing is known here" : "\(count(left)) to do, and no worker is at it",
        predict.words, predict.start)
    } else if state.count(.running) > 0 {
      self.init("the last are under way", watch)
    } else if !failed.isEmpty {
      let isMemory = failed.contains {
        $0.failure?.verdict == .poison || $0.failure?.status == 71
      }
      let predict = Work(failed, folder, lists, here)
      self.init(
        "\(count(failed.count)) failed: when what stopped them is put right"
          + (isMemory ? ", with more memory where a worker was ended" : ""),
        predict.words + ["--retry-failed"], predict.start)
    } else {
      self.init(state.isListed ? "all is done" : "all that is known here is done", page)
    }
  }

  private init(_ what: String, _ command: [String]?, _ start: String? = nil) {
    (self.what, self.command, self.start) = (what, command, start)
  }

  /// The command as a shell takes it.
  package var shell: String? {
    command.map { words in
      (start.map { "cd \(ShellText.word($0)) && " } ?? "") + ShellText.command(words)
    }
  }
}

/// The command that works on cases which are left.
private struct Work {
  let words: [String]
  let start: String?

  init(
    _ items: [CohortState.Item], _ folder: String, _ lists: [CohortList], _ here: String
  ) {
    // Of several sets of inputs the one that something is left of.
    let left = Set(items.compactMap(\.result))
    let list = lists.first { $0.entries.contains { left.contains($0.result) } } ?? lists.first
    guard let list else {
      words = ["nnx", "predict", "-m", "MODEL", "-i", "IMAGES", "-o", folder, "--claim"]
      start = nil
      return
    }
    guard list.command.isEmpty else {
      words = ["nnx"] + list.command + ["--claim"]
      start = list.start.isEmpty || list.start == here ? nil : list.start
      return
    }
    words =
      ["nnx", "predict", "-m", list.model] + list.inputs.flatMap { ["-i", $0] }
      + list.filters.flatMap { ["--bids", $0] } + ["-o", folder, "--claim"]
    start = nil
  }
}
