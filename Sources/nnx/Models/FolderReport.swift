import NNXImage
import NNXModel
import NNXReport
import NNXSystem

/// The models in a folder, or in an archive that was unpacked, as `nnx inspect` shows them.
struct FolderReport: InspectReport {
  private static let endings = [".pth", ".pt", ".model", ".pkl"]

  /// What people call it; the files may lie elsewhere for the moment.
  let path: String
  let width: Int
  let problem: NNXError?
  private let models: [(model: PublishedModel, description: Result<ModelDescription, NNXError>)]
  private let files: [(path: String, inspection: Result<TorchInspection, NNXError>)]

  /// - Parameters:
  ///   - folder: where the files lie.
  ///   - path: what to call it.
  init(_ folder: String, shownAs path: String, width: Int) {
    self.path = path
    self.width = width
    func shown(_ error: NNXError) -> NNXError {
      var error = error
      error.message = error.message.replacing(folder, with: path)
      return error
    }
    let candidates = ((try? Folder.files(below: folder)) ?? []).map(\.path).filter { file in
      Self.endings.contains { file.hasSuffix($0) }
    }
    files = candidates.map { file in
      do throws(NNXError) {
        return (file, .success(try TorchInspection("\(folder)/\(file)")))
      } catch { return (file, .failure(shown(error))) }
    }
    let hostile = files.compactMap { file -> NNXError? in
      guard case .success(let inspection) = file.inspection, let problem = inspection.problem,
        problem.code == .unsafePickle
      else { return nil }
      return shown(problem)
    }.first
    do throws(NNXError) {
      models = try ResultsFolder(folder).models.map { model in
        do throws(NNXError) { return (model, .success(try model.description())) } catch {
          return (model, .failure(shown(error)))
        }
      }
      let failed = models.lazy.compactMap { item -> NNXError? in
        if case .failure(let error) = item.description { error } else { nil }
      }.first
      problem = hostile ?? failed
    } catch {
      models = []
      problem = hostile ?? shown(error)
    }
  }

  var ids: [String] { files.map(\.path) }

  func lines(showsAll: Bool) -> [String] {
    var fields = FieldList(width: width)
    for (model, description) in models {
      switch description {
      case .success(let description):
        fields.add("model", ModelInfo.network(description))
        let spacing = description.preprocessing.spacing.map { $0.map(Quantity.short) ?? "own" }
        fields.add(
          "",
          "patch \(description.patch.map(String.init).joined(separator: " x ")) voxels of "
            + "\(spacing.joined(separator: " x ")) mm")
        fields.add("", "channels \(description.channels.joined(separator: ", "))")
        fields.add(
          "",
          "labels "
            + labelTable(of: description.labels).structures.map { "\($0.valueText) \($0.name)" }
            .joined(separator: ", "))
        if let remark = description.labels.gapsRemark { fields.add("", "(\(remark))") }
      case .failure(let error):
        fields.add("model", "nnU-Net v\(model.generation.rawValue), \(model.configuration)")
        fields.add("", error.message)
      }
      fields.add("", "\(model.dataset), \(model.trainer), \(model.plans)")
      fields.add("", "folds \(model.folds.map(\.name).joined(separator: " "))")
    }
    return [path] + fields.lines + fileLines
  }

  private var fileLines: [String] {
    guard !files.isEmpty else { return [] }
    var table = Table(
      [
        .left("FILE", minimum: 20, keepsEnd: true), .right("SIZE"), .right("TENSORS"),
        .left("PICKLE"),
      ],
      width: width)
    for (file, inspection) in files {
      let short = file.split(separator: "/").suffix(2).joined(separator: "/")
      switch inspection {
      case .success(let found):
        table.add([
          short, Quantity.bytes(found.size), "\(found.tensors.count)",
          found.problem == nil ? "harmless" : found.problem?.code.name ?? "",
        ])
      case .failure(let error): table.add([short, "", "", error.code.name])
      }
    }
    return [""] + table.lines
  }

  var json: Members {
    [
      "path": path, "kind": "models", "models": models.map(json), "files": files.map(json),
    ]
  }

  private func json(_ file: String, _ inspection: Result<TorchInspection, NNXError>) -> Members {
    switch inspection {
    case .success(let found): ["file": file] + TorchReport(found, width: 80).json.without("path")
    case .failure(let error): ["file": file, "problem": error.message]
    }
  }

  private func json(
    _ model: PublishedModel, _ description: Result<ModelDescription, NNXError>
  ) -> Members {
    let own: Members = [
      "nnunet": model.generation.rawValue, "dataset": model.dataset, "trainer": model.trainer,
      "plans": model.plans, "configuration": model.configuration, "folds": model.folds.map(\.name),
      "folder": model.folder,
    ]
    switch description {
    case .success(let description):
      return own + [
        "patch": description.patch, "channels": description.channels,
        "labels": description.labels.entries.map(\.name),
        "parameters": description.architecture.parameterCount, "problem": nil,
      ]
    case .failure(let error): return own + ["problem": error.message]
    }
  }
}
