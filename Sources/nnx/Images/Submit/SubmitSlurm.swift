import ArgumentParser
import NNXPredict
import NNXSystem

struct SubmitSlurm: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write the job file for Slurm's sbatch.",
    usage: "nnx submit slurm -m <name> -i <image> ... -o <dir> [--now]",
    discussion: """
      An array of workers that share the cohort by claims. A job whose time or memory ended begins \
      again by itself; one that was cancelled stays cancelled.

        nnx submit slurm -m lung2-ct -i scans/ -o segs/ > job.sh && sbatch job.sh
        nnx submit slurm -m lung2-ct -i scans/ -o segs/ --time 4h --now
      """)

  @OptionGroup var options: SubmitOptions

  @Option(help: ArgumentHelp("Partition (default: the cluster's).", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("Account that pays (default: yours).", valueName: "name"))
  var account: String?

  @Flag(help: "Submit it with sbatch, and print the job's number.")
  var now = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard !(now && global.json) else {
      throw ValidationError("--now gives the process to sbatch; leave out --json, or --now")
    }
  }

  func run() throws {
    let context = try Context(global)
    let job = try SubmitJob(options, context)
    let text = try job.file.slurm(partition: partition, account: account)
    guard now else { return job.show(text, context) }
    try AtomicFile.write(text, to: job.file.script)
    for line in job.file.request.arithmetic { context.output.note("  \(line)") }
    context.output.note("Logs: \(job.file.logs)")
    context.output.note("See how far it is: nnx gather \(ShellText.word(options.output))")
    BecomeProgram.sbatch(["--parsable", job.file.script])
    var error = NNXError.system("cannot begin", "sbatch")
    error.code = .notSubmitted
    error.fixes = [
      "Where sbatch is: sbatch \(ShellText.word(job.file.script))",
      "See whether Slurm is here: sinfo",
    ]
    throw error
  }
}

extension NNXError.Code {
  static let notSubmitted = NNXError.Code("not-submitted", .unavailable)
}
