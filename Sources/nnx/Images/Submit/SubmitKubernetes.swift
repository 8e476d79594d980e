import ArgumentParser
import NNXPredict

struct SubmitKubernetes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kubernetes",
    abstract: "Write the Job for Kubernetes.",
    usage:
      "nnx submit kubernetes -m <name> -i <in> -o <dir> --image <i> --volume <v>",
    discussion: """
      An indexed Job of workers that share a volume. Written after the documentation; nobody ran it \
      on a cluster, and the file says so.

        nnx submit kubernetes -m lung2-ct -i /data/scans -o /data/segs \\
            --image registry.example/nnx:1 --volume cohort > job.yaml
        kubectl apply -f job.yaml
      """)

  @OptionGroup var options: SubmitOptions

  @Option(help: ArgumentHelp("Container with nnx and the model.", valueName: "image"))
  var image: String

  @Option(
    help: ArgumentHelp(
      "Claim of the volume with scans and results (ReadWriteMany).", valueName: "claim"))
  var volume: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let job = try SubmitJob(options, context)
    job.show(job.file.kubernetes(image: image, claimName: volume), context)
  }
}

struct SubmitNextflow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nextflow",
    abstract: "Write the pipeline for Nextflow.",
    usage: "nnx submit nextflow -m <name> -i <image> ... -o <dir>",
    discussion: """
      Written after the documentation; nobody ran it, and the file says so.

        nnx submit nextflow -m lung2-ct -i scans/ -o segs/ > nnx.nf
        nextflow run nnx.nf
      """)

  @OptionGroup var options: SubmitOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let job = try SubmitJob(options, context)
    job.show(job.file.nextflow(), context)
  }
}

struct SubmitSnakemake: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snakemake",
    abstract: "Write the workflow for Snakemake.",
    usage: "nnx submit snakemake -m <name> -i <image> ... -o <dir>",
    discussion: """
        nnx submit snakemake -m lung2-ct -i scans/ -o segs/ > Snakefile
        snakemake --jobs 8 --retries 5
      """)

  @OptionGroup var options: SubmitOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let job = try SubmitJob(options, context)
    job.show(job.file.snakemake(), context)
  }
}
