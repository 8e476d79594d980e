import ArgumentParser
import NNXSystem

@main
struct NNX: ParsableCommand {
  private static let version = "nnx \(Version.current) (predicts as \(Version.emulated))"

  static let configuration = CommandConfiguration(
    commandName: "nnx",
    abstract: "Install published medical segmentation models and run them, without Python.",
    discussion: """
      Two commands are enough:

        nnx install lung2-ct
        nnx predict lung2-ct scan.nii.gz -o seg.nii.gz

      Results are those of nnU-Net, voxel for voxel. For research only; \
      nnx is not a medical device. What an error or an exit status means: nnx explain.
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(
        name: "Model",
        subcommands: [
          Install.self, List.self, Info.self, Uninstall.self, VerifyCommand.self, Path.self,
          Lock.self,
          SyncCommand.self, PackCommand.self, Unpack.self, Mirror.self, RegistryCommand.self,
          Upgrade.self, Search.self, OutdatedModels.self, Cite.self,
          Inspect.self, Convert.self,
          Use.self, Why.self,
        ]),
      CommandGroup(
        name: "Image",
        subcommands: [
          Predict.self, EstimateCommand.self, SubmitCommand.self, EnsembleCommand.self, Stats.self,
          Diff.self,
          Evaluate.self,
          PreviewCommand.self, ViewCommand.self, GatherCommand.self, Report.self,
          LabelsCommand.self,
          DataCommand.self,
          DICOMCommand.self,
        ]),
      CommandGroup(
        name: "Help", subcommands: [Explain.self, Completions.self, Man.self, Licenses.self]),
      CommandGroup(
        name: "Machine",
        subcommands: [
          Cache.self, Config.self, DoctorCommand.self, Env.self, Bench.self, SelfCommand.self,
        ]),
    ])

  static func main() {
    let words = CommandWords(Array(CommandLine.arguments.dropFirst()))
    // What scripts ask before anything else needs none of what follows.
    guard words.arguments != ["--version"] else { return writeToStdout(version + "\n") }
    Interruption.begin()
    do {
      try CommandWords.checkText()
      try words.checkVerb()
      try ForeignFlag.check(words.arguments)
      var command = try parseAsRoot(words.arguments)
      try command.run()
    } catch {
      Failure.report(error, words)
    }
  }
}
