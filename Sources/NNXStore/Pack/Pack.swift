import NNXArchive
import NNXModel
import NNXSystem

extension NNXError.Code {
  /// A pack is not what docs/format/pack.md says.
  static let invalidPack = NNXError.Code("invalid-pack", .data)
  /// A later nnx wrote the pack.
  static let newerPack = NNXError.Code("newer-pack", .configuration)
}

/// Installed models in one file, for machines without a network (docs/format/pack.md).
///
/// An ordinary zip of stored entries: a manifest, and for each model its receipt, the registry's entry
/// and the published files. Native weights stay out: they are made anew from the checkpoints, so that
/// a pack has to be trusted no more than the zip of a publisher.
package enum Pack {
  static let manifestName = "nnxpack.json"
  /// Version of the format that this nnx writes, and the highest it reads.
  package static let schema = 1

  package struct Result: Sendable {
    /// Bytes.
    package var size: Int
    package var sha256: String
    package var files: Int
  }

  /// Writes models into a pack, after comparing every byte with their receipts.
  ///
  /// The same models give the same bytes.
  ///
  /// - Parameters:
  ///   - models: at least one.
  ///   - path: the file, which appears when complete.
  ///   - progress: `.verify` and `.write` events in bytes.
  /// - Throws: `integrity` when a model is damaged; `file-not-found` when its checkpoints were dropped
  ///   after conversion; `no-space`, `cannot-write`, `unreadable`.
  package static func write(
    _ models: [InstalledModel], to path: String, progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> Result {
    let models = models.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    for model in models where model.isSlim {
      throw NNXError(
        .fileNotFound, "the checkpoints of \(model.name) were dropped; a pack needs them",
        fixes: ["nnx install \(model.name) --force"])
    }
    let writer = try ZipWriter(path)
    try writer.add(manifestName, manifest(models).text(pretty: true) + "\n")
    var files = 0
    for (index, model) in models.enumerated() {
      let packed = model.receipt.packed
      let total = packed.reduce(0) { $0 + $1.size }
      let measures = try measure(packed, of: model, total, progress)
      try writer.add(
        "\(index)/\(Receipt.fileName)", model.receipt.portable.text(pretty: true) + "\n")
      var counter = ByteCounter(.write, model.name, total: total, progress)
      for (file, measure) in zip(packed, measures) {
        try writer.add("\(index)/\(file.path)", "\(model.path)/\(file.path)", measure) {
          counter.add($0)
        }
      }
      counter.finish()
      files += packed.count
    }
    let (size, sha256) = try writer.finish()
    return Result(size: size, sha256: sha256, files: files)
  }

  /// Who wrote a file: nnx, if it is a zip that begins with the manifest of a pack.
  package static func author(of path: String) -> OutputPlan.Author {
    guard let reader = try? FileReader(path), let archive = try? Archive(reader),
      archive.allEntries.first?.path == manifestName
    else { return .someone }
    return .nnx
  }

  private static func manifest(_ models: [InstalledModel]) -> OrderedJSON {
    let models = models.enumerated().map { index, model in
      [
        "folder": "\(index)", "name": model.name, "version": model.version,
        "title": model.receipt.title, "published": model.receipt.publishedDigest,
        "weights": model.receipt.weightsDigest,
      ] as Members
    }
    return OrderedJSON(encoding: ["models": models] as Members, schema: schema)
  }

  private static func measure(
    _ files: [Receipt.File], of model: InstalledModel, _ total: Int,
    _ progress: @escaping ProgressHandler
  ) throws(NNXError) -> [ZipWriter.Measure] {
    var counter = ByteCounter(.verify, model.name, total: total, progress)
    var measures: [ZipWriter.Measure] = []
    for file in files {
      let measure = try ZipWriter.measure("\(model.path)/\(file.path)")
      guard measure.sha256 == file.sha256 else {
        throw NNXError(
          .integrity, "\(model.name) is damaged, and was not packed",
          details: [
            "expected sha256  \(file.sha256)  \(file.path)", "got      sha256  \(measure.sha256)",
          ], fixes: ["nnx verify \(model.name) --repair"])
      }
      counter.add(measure.size)
      measures.append(measure)
    }
    counter.finish()
    return measures
  }
}

extension Receipt {
  /// The files that travel: all but the native form, which is made anew.
  fileprivate var packed: [File] {
    files.filter { Receipt.isPublished($0.path) || $0.path == Receipt.cardName }
  }

  /// The receipt without what depends on the machine: when it was installed, and from which of its
  /// own paths.
  fileprivate var portable: OrderedJSON {
    var receipt = self
    receipt.installed = "packed"
    for index in receipt.source.archives.indices
    where !receipt.source.archives[index].from.contains("://") {
      receipt.source.archives[index].from = receipt.source.archives[index].key
    }
    if let registry = source.registry, registry.contains("/"), !registry.contains("://") {
      receipt.source.registry = lastComponent(registry)
    }
    return receipt.json
  }
}
