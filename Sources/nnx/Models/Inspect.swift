import ArgumentParser
import NNXArchive
import NNXImage
import NNXModel
import NNXStore
import NNXSystem

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Describe a checkpoint, pickle, weights file or model without running it.",
    usage: "nnx inspect <file or folder> [--all]",
    discussion: """
      Reads .pth, .pt, .model, .pkl, .safetensors, and nnU-Net models as folders, .zip, \
      .tar and .tar.gz. \
      Files that ask for more than values are described and never obeyed: exit \
      status 65.

        nnx inspect checkpoint_final.pth
        nnx inspect Dataset006_Liver.zip --json
      """)

  @Argument(
    help: "File or folder, or an installed model.", completion: .file())
  var path: String

  @Flag(help: "List every tensor, name and file.")
  var all = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let report = try report(context)
    context.output.text(context.output.isQuiet ? report.ids : report.lines(showsAll: all))
    guard let problem = report.problem else {
      return context.output.json("inspect", report.json)
    }
    if context.output.isJSON {
      context.output.failure("inspect", problem, report.json)
    } else {
      context.output.error(problem)
    }
    throw ExitCode(problem.code.status.rawValue)
  }

  private func report(_ context: Context) throws -> any InspectReport {
    guard let isFolder = Folder.isFolder(path) else {
      guard let model = try? context.store().find(path) else {
        throw NNXError(
          .fileNotFound, "there is no file, folder or installed model \(path)",
          fixes: ["See what is installed with: nnx list"])
      }
      return FolderReport(model.path, shownAs: model.path, width: context.width)
    }
    if ImageFormat.ending(of: path) != nil || DICOMFile.isOne(path) { throw isImage }
    if isFolder { return FolderReport(path, shownAs: path, width: context.width) }
    if path.hasSuffix(".safetensors") {
      return SafetensorsReport(try SafetensorsInspection(path), width: context.width)
    }
    // A zip is one of torch's own when it has a pickle that describes the rest.
    if let archive = try archive() {
      let folder = try ScratchFolder()
      _ = try archive.unpack(into: folder.path, progress: context.progressBar.handler)
      context.progressBar.finish()
      return FolderReport(folder.path, shownAs: path, width: context.width)
    }
    return TorchReport(try TorchInspection(path), width: context.width)
  }

  /// The archive at `path`; `nil` for any other file, and for a zip of torch's own.
  ///
  /// - Throws: `unsafe-archive`, `corrupt-archive` for a tar.
  private func archive() throws(NNXError) -> Archive? {
    if ArchiveName.isTar(path) { return try Archive(path) }
    guard ArchiveName.isArchive(path), let archive = try? Archive(path) else { return nil }
    return archive.allEntries.contains { $0.path.hasSuffix("/data.pkl") } ? nil : archive
  }

  private var isImage: NNXError {
    NNXError(
      .usage, "\(path) is an image; inspect is for files of models",
      fixes: [
        "Its labels and volumes: nnx stats \(path)", "A look at it: nnx view \(path)",
      ])
  }
}

/// What `nnx inspect` found.
protocol InspectReport {
  func lines(showsAll: Bool) -> [String]
  /// Names of tensors or files.
  var ids: [String] { get }
  var json: Members { get }
  /// Why nnx would refuse it.
  var problem: NNXError? { get }
}
