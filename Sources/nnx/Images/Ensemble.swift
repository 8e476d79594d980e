import ArgumentParser
import NNXModel
import NNXPredict
import NNXReport
import NNXSystem
import NNXTensor

struct EnsembleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ensemble",
    abstract: "Average predictions of several models.",
    usage: "nnx ensemble -i <folder> <folder> ... -o <folder>",
    discussion: """
      Each folder holds, for the same cases, segmentations (case.nii.gz) and probabilities \
      (case.probabilities.npz, or nnU-Net's case.npz), from nnx predict --save-probabilities or \
      from nnU-Net. Every folder counts alike, as in nnUNetv2_ensemble. The same command again \
      skips what is done. Installed models are averaged in one go, without files between:

        nnx ensemble -i from-2d/ from-3d/ -o averaged/
        nnx predict -m name -c 2d,3d_fullres -i scans/ -o averaged/
        nnx predict -m one,other -i scans/ -o averaged/
      """)

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp("Folders of predictions, two or more.", valueName: "folder"))
  var input: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "folder"))
  var output: String

  @Option(
    help: ArgumentHelp("Rules to follow after: postprocessing.json or .pkl.", valueName: "file"))
  var postprocess: String?

  @Option(
    help: ArgumentHelp(
      "The models' dataset.json (default: of the first folder).", valueName: "file"))
  var dataset: String?

  @Flag(help: "Write the averaged probabilities, too (NAME.probabilities.npz).")
  var saveProbabilities = false

  @OptionGroup var threading: ThreadOption

  @Flag(help: "Replace results that nnx wrote.")
  var overwrite = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard input.count >= 2 else { throw ValidationError("--input takes two folders or more") }
  }

  func run() throws {
    let context = try Context(global)
    let rules = try postprocess.map { try PostprocessingV2.rules(contentsOf: $0) } ?? []
    let ensemble = try FolderEnsemble(
      input, dataset: dataset, threads: threading.chosen(context))
    try ensemble.checkOutputs(
      in: output, savesProbabilities: saveProbabilities,
      reading: [postprocess].compactMap(\.self))
    for note in ensemble.notes { context.output.note("note: \(note)") }
    var written: [String] = []
    var kept: [String] = []
    var failed: [(name: String, error: NNXError)] = []
    for name in ensemble.cases {
      do {
        let (path, wasThere) = try ensemble.result(
          name, into: output, rules: rules, savesProbabilities: saveProbabilities,
          overwrites: overwrite, command: CommandLine.arguments)
        if wasThere { kept.append(name) }
        context.output.text(path)
        written.append(path)
      } catch let error as NNXError { failed.append((name, error)) }
    }
    if !kept.isEmpty {
      context.output.note("done already, and the same: \(shortList(kept))")
    }
    let answer: Members = [
      "outputs": written, "skipped": kept, "failed": failed.map(\.name), "notes": ensemble.notes,
    ]
    if ensemble.cases.count == 1, let error = failed.first?.error { throw error }
    guard
      let error = CohortSummary.error(
        failed, of: ensemble.cases.count,
        fixes: ["The same command tries them again; what is done is kept"])
    else { return context.output.json("ensemble", answer) }
    guard context.output.isJSON else { throw error }
    context.output.failure("ensemble", error, answer)
    throw ExitCode(error.code.status.rawValue)
  }
}
