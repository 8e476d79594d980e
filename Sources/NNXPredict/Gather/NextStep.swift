import NNXSystem

/// What to do next with a cohort, as a command to type.
package struct NextStep: Equatable, Sendable {
  /// In words.
  package let what: String
  /// `nil`: nothing but to wait.
  package let command: [String]?

  /// - Parameters:
  ///   - folder: of the results, as it was given.
  ///   - lists: of its cases; their inputs and model are in the command.
  package init(_ state: CohortState, folder: String, lists: [CohortList]) {
    func count(_ number: Int) -> String { number == 1 ? "1 case" : "\(number) cases" }
    let left = state.count(.missing) + state.count(.interrupted)
    let failed = state[.failed]
    let list = lists.first
    let predict =
      list.map { list in
        ["nnx", "predict", "-m", list.model] + list.inputs.flatMap { ["-i", $0] }
          + list.filters.flatMap { ["--bids", $0] } + ["-o", folder, "--claim"]
      } ?? ["nnx", "predict", "-m", "MODEL", "-i", "IMAGES", "-o", folder, "--claim"]
    let job = "\(Folder.trimmed(folder))/.nnx/logs/job.sh"
    if left > 0, state.count(.running) > 0 {
      self.init(
        "\(count(left)) to come, and workers are at it", ["nnx", "gather", folder, "--watch"])
    } else if left > 0 {
      let command = Folder.isFile(job) ? ["sbatch", job] : predict
      self.init("\(count(left)) to do, and no worker is at it", command)
    } else if state.count(.running) > 0 {
      self.init("the last are under way", ["nnx", "gather", folder, "--watch"])
    } else if !failed.isEmpty {
      let isMemory = failed.contains {
        $0.failure?.verdict == .poison || $0.failure?.status == 71
      }
      self.init(
        "\(count(failed.count)) failed: when what stopped them is put right"
          + (isMemory ? ", with more memory where a worker was ended" : ""),
        predict + ["--retry-failed"])
    } else {
      self.init("all is done", ["nnx", "gather", folder, "-o", "report.html"])
    }
  }

  private init(_ what: String, _ command: [String]?) { (self.what, self.command) = (what, command) }
}
