import NNXSystem

/// Files for engines of workflows: as many workers as for Slurm, which share the cohort by claims. A try that needed
/// more memory gets more at its next.
extension JobFile {
  /// Statuses after which another try with more memory may do better.
  private static var retried: [Int32] {
    (CohortExit.repeated.filter { $0 < 128 } + [CohortExit.tooLarge.rawValue]).sorted()
  }

  /// A pipeline of Nextflow.
  package func nextflow() -> String {
    let lines = [
      "export NNX_DEADLINE=$(( $(date +%s) + \(request.minutes * 60) ))",
      "cd \(ShellText.word(folder))",
      "exec \(ShellText.command(command)) --claim --threads \(request.cores)",
    ]
    // Groovy's strings take a backslash before a dollar sign and a backslash.
    let script = lines.map {
      "  "
        + $0.replacing("\\", with: "\\\\").replacing("$", with: "\\$").replacing("\"", with: "\\\"")
    }.joined(separator: "\n")
    return """
      // Written by nnx \(Version.current) after the documentation of Nextflow; nobody ran it there.
      // nextflow run nnx.nf
      \(comments("//").joined(separator: "\n"))
      process NNX {
        tag "worker ${worker}"
        cpus \(request.cores)
        time '\(request.minutes) min'
        memory { \(request.memory).MB * task.attempt }
        maxRetries \(request.restarts)
        cache false
        // 130 to 145: ended by a signal, as for memory or for the limit. Cases that failed for good end no workflow:
        // nnx gather tells of them.
        errorStrategy {
          task.exitStatus in \(Self.retried) + (130..145) ? 'retry'
            : task.exitStatus == \(CohortExit.failed.rawValue) ? 'ignore' : 'terminate'
        }

        input:
        val worker

        script:
        \"\"\"
      \(script)
        \"\"\"
      }

      workflow {
        channel.of(0..\(request.workers - 1)) | NNX
      }

      """
  }

  /// A workflow of Snakemake.
  package func snakemake() -> String {
    func formatted(_ text: String) -> String {
      text.replacing("{", with: "{{").replacing("}", with: "}}")
    }
    let done = Self.yaml(formatted("\(results)/.nnx/workers/") + "{worker}.done")
    let shell =
      formatted(
        "export NNX_DEADLINE=$(( $(date +%s) + \(request.minutes * 60) )); cd "
          + "\(ShellText.word(folder)) && { \(ShellText.command(command)) --claim --threads ")
      + "{threads}" + formatted(" || [ $? = \(CohortExit.failed.rawValue) ]; }")
    return """
      # Written by nnx \(Version.current); Snakemake's dry run reads it, and nobody ran it on a cluster.
      # snakemake -s Snakefile --jobs \(request.workers) --retries \(request.restarts) [--executor slurm]
      \(comments("#").joined(separator: "\n"))
      WORKERS = range(\(request.workers))


      rule all:
          input:
              expand(\(done), worker=WORKERS),


      rule worker:
          output:
              touch(\(done)),
          threads: \(request.cores)
          resources:
              mem_mb=lambda wildcards, attempt: \(request.memory) * attempt,
              runtime=\(request.minutes),
          shell:
              # Cases that failed for good (\(CohortExit.failed.rawValue)) end no workflow: nnx gather tells of them.
              \(Self.yaml(shell))

      """
  }
}
