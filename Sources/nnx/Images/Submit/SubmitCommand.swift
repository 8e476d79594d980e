import ArgumentParser

/// `nnx submit …`: each engine has a file of its own.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Write the job file of a cohort for a cluster.",
    discussion: """
      Reads the headers of all images and prints a job file whose numbers (memory, time, cores, \
      workers) come from nnx's own estimate, with the arithmetic as comments. Its workers run \
      nnx predict --claim: any number of them share the cases, and may be killed at any time.

        nnx submit slurm -m lung2-ct -i scans/ -o segmentations/ > job.sh
        nnx submit slurm -m lung2-ct -i scans/ -o segmentations/ --workers 16 --now
        nnx gather segmentations/
      """,
    subcommands: [
      SubmitSlurm.self, SubmitKubernetes.self, SubmitNextflow.self, SubmitSnakemake.self,
    ])
}
