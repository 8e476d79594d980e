import NNXImage
import NNXPredict
import NNXStore
import NNXSystem

/// What is predicted with, and on: `-m` and `-i`, or words without them.
extension PredictionOptions {
  /// What the only `-m` names.
  var namedModel: String? { namedModels.first }

  /// What `-m` names, else the first word.
  var model: String { namedModel ?? words.first ?? "" }

  /// What `-i` names, else the words behind the model.
  var input: [String] {
    namedInput.isEmpty ? Array(namedModel == nil ? words.dropFirst() : words[...]) : namedInput
  }

  /// - Throws: `usage`.
  var filters: [BIDSFilter] {
    get throws(NNXError) { try bids.map { (text) throws(NNXError) in try BIDSFilter(text) } }
  }

  /// Refuses words that cannot mean a model and images, with the command that was probably meant.
  ///
  /// - Throws: `usage`; `file-not-found` for an output that was typed as the last image.
  func checkWords(_ context: Context) throws {
    if namedModel == nil {
      guard let first = words.first else {
        throw usage("no model is named", ["nnx predict NAME \(images ?? "IMAGE")"], context)
      }
      guard !Self.isImage(first) else {
        // The model may stand behind the images.
        let name = words.dropFirst().first { !Self.isImage($0) }
        let files = words.filter { $0 != name } + namedInput
        throw usage(
          "no model is named before \(first)",
          ["nnx predict \(name ?? only(context) ?? "NAME") \(files.joined(separator: " "))"],
          context)
      }
    }
    let rest = namedModel == nil ? Array(words.dropFirst()) : words
    guard namedInput.isEmpty || rest.isEmpty else {
      throw usage(
        "'\(rest[0])' stands beside the images of -i",
        ["nnx predict \(model) \((namedInput + rest).joined(separator: " "))"], nil)
    }
    guard !input.isEmpty else {
      let installed = try? context.store().find(model)
      let isFolder = installed == nil && Folder.isFolder(model) != nil
      let sample = installed.flatMap { try? context.store().sample(for: $0) }
      throw usage(
        "no image is given for \(model)",
        [
          isFolder
            ? "nnx predict \(only(context) ?? "NAME") \(model)"
            : "nnx predict \(model) \(sample ?? "scan.nii.gz")"
        ], nil)
    }
    if rest.count > 1, let last = rest.last, Folder.isFolder(last) == nil,
      ImageFormat.ending(of: last) != nil, Folder.isFolder(rest[0]) != nil
    {
      let files = rest.dropLast().joined(separator: " ")
      throw NNXError(
        .fileNotFound, "there is no file \(last)",
        fixes: ["If the result goes there: nnx predict \(model) \(files) -o \(last)"])
    }
  }

  private var images: String? { namedInput.isEmpty ? nil : namedInput.joined(separator: " ") }

  /// The one model that is installed.
  private func only(_ context: Context) -> String? {
    let names = Self.names(context)
    return names.count == 1 ? names[0] : nil
  }

  private static func names(_ context: Context) -> [String] {
    ((try? context.store().installed()) ?? []).filter(\.isDefault).map(\.name)
  }

  private static func isImage(_ word: String) -> Bool {
    ImageFormat.ending(of: word) != nil || CaseTable.isOne(word)
      || ((word.contains("/") || word.hasPrefix(".")) && Folder.isFolder(word) != nil)
  }

  /// - Parameter context: where models are named for the choice.
  private func usage(_ message: String, _ commands: [String], _ context: Context?) -> NNXError {
    let names = context.map(Self.names) ?? []
    return NNXError(
      .usage, message,
      details: names.isEmpty ? [] : ["Installed: \(names.joined(separator: ", "))"],
      fixes: commands.map { "Did you mean: \($0)" }
        + (context != nil && names.isEmpty ? ["See what there is with: nnx list -a"] : []))
  }
}
