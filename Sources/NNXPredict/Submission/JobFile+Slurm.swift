import NNXSystem

extension JobFile {
  /// The job file for `sbatch`: an array of workers that share the cohort by claims.
  ///
  /// Slurm begins a job again by itself only when its node dies, so the script does: after a status that says so, and
  /// while the job is running, because `scancel` sends TERM too and a cancelled job stays cancelled. The limit's TERM
  /// goes to the script (`B:`), which hands it on.
  ///
  /// - Parameters:
  ///   - partition: `nil`: the cluster's own.
  ///   - account: likewise.
  /// - Throws: `usage` for paths and names that a job file cannot hold.
  package func slurm(partition: String? = nil, account: String? = nil) throws(NNXError) -> String {
    for text in [results, folder, partition ?? "", account ?? ""] {
      guard !text.contains(where: { $0.isNewline || $0 == "\"" || $0 == "\\" }) else {
        throw NNXError(
          .usage, "a job file cannot hold '\(text.excerpt)'",
          fixes: ["Give folders without quotation marks, backslashes and line ends"])
      }
    }
    let again = CohortExit.repeated.map { "\($0)" }.joined(separator: "|")
    let output = "\(logs.replacing("%", with: "%%"))/%A_%a.txt"
    let lines: [String?] = [
      "#!/bin/bash",
      "#SBATCH --job-name=nnx-\(name)",
      "#SBATCH --array=0-\(request.workers - 1)",
      "#SBATCH --cpus-per-task=\(request.cores) --mem=\(request.memory)M --time=\(JobRequest.text(minutes: request.minutes))",
      partition.map { "#SBATCH --partition=\"\($0)\"" },
      account.map { "#SBATCH --account=\"\($0)\"" },
      "#SBATCH --signal=B:TERM@\(Int(JobRequest.grace))",
      "#SBATCH --requeue --open-mode=append",
      "#SBATCH --output=\"\(output)\"",
      "",
      "# Written by nnx \(Version.current). Each task takes cases until none is left; any number may run.",
    ]
    let script = """

      cd \(ShellText.word(folder)) || exit 66
      # When this task's time is over: a worker begins no case that would not be done by then.
      export NNX_DEADLINE=$(( $(date +%s) + \(request.minutes * 60) ))
      \(ShellText.command(command)) --claim --threads "${SLURM_CPUS_PER_TASK:-\(request.cores)}" & pid=$!
      trap 'kill -TERM "$pid" 2>/dev/null' TERM
      # Of an array one task has the array's own number, which stands for all of them to squeue and scontrol.
      job=${SLURM_ARRAY_TASK_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}; job=${job:-$SLURM_JOB_ID}
      wait "$pid"; rc=$?
      # A trap interrupts wait.
      while kill -0 "$pid" 2>/dev/null; do wait "$pid"; rc=$?; done
      case $rc in
      \(again))
        # A job that was cancelled is no longer RUNNING, and stays cancelled.
        if [ "${SLURM_RESTART_COUNT:-0}" -lt \(request.restarts) ] &&
          [ "$(squeue -h -j "$job" -o %T)" = RUNNING ]; then
          scontrol requeue "$job" && sleep 30
        fi ;;
      esac
      exit "$rc"

      """
    return (lines.compactMap(\.self) + comments("#")).joined(separator: "\n") + "\n" + script
  }
}
