import ArgumentParser
import NNXSystem

@main
struct NNX: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nnx",
    abstract: "Install published medical segmentation models and run them, without Python.",
    discussion: """
      Two commands are enough:

        nnx install lung2-ct
        nnx predict -m lung2-ct -i scan.nii.gz -o seg.nii.gz

      Results are those of nnU-Net, voxel for voxel. For research only; \
      nnx is not a medical device. Exit codes: docs/exit-codes.md.
      """,
    version: "nnx \(Version.current) (predicts as \(Version.emulated))",
    groupedSubcommands: [
      CommandGroup(
        name: "Model",
        subcommands: [
          Install.self, List.self, Info.self, Uninstall.self, Path.self, Lock.self,
          SyncCommand.self, PackCommand.self, Unpack.self, Mirror.self, RegistryCommand.self,
        ]),
      CommandGroup(
        name: "Image",
        subcommands: [
          Predict.self, EnsembleCommand.self, Stats.self, Diff.self, Evaluate.self,
          PreviewCommand.self, ViewCommand.self, LabelsCommand.self,
        ]),
      CommandGroup(name: "Machine", subcommands: [Bench.self]),
    ])

  static func main() {
    let arguments = CommandLine.arguments
    Interruption.begin()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as NNXError {
      let verb = arguments.dropFirst().first { !$0.hasPrefix("-") } ?? "nnx"
      if arguments.contains("--json") {
        writeToStdout(ErrorText.json(error, verb: verb).text(pretty: true) + "\n")
      } else {
        writeToStderr(ErrorText.lines(error).map { $0 + "\n" }.joined())
      }
      exit(withError: ExitCode(error.code.status.rawValue))
    } catch {
      exit(withError: error)
    }
  }
}
