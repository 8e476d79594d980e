import NNXArchive
import NNXModel
import NNXSystem

/// Compares what an entry of the registry says with what its archives hold.
package struct RegistryLint: Sendable {
  package struct Difference: Sendable, Equatable {
    /// Id of the weight set.
    package var set: String
    /// As the registry's format calls it: `dataset`, `folds`, `labels`.
    package var field: String
    package var entry: String
    package var archive: String
  }

  /// Name of the entry.
  package let name: String
  package private(set) var differences: [Difference] = []
  /// Bytes that crossed the network.
  package private(set) var downloaded = 0

  /// Reads the directories of the archives and their small files, by range requests where they lie.
  ///
  /// - Parameters:
  ///   - file: path of the archive, for an entry with one file; where it lies otherwise.
  ///   - staging: where small files may be unpacked.
  /// - Throws: `no-model` and what reading archives throws; `usage` when `file` cannot be meant.
  package init(
    _ card: ModelCard, in registry: Registry, archive file: String? = nil,
    transport: any Transport, scratch staging: StoreLocation
  ) throws(NNXError) {
    name = card.name
    guard file == nil || card.weights.flatMap(\.files).count == 1 else {
      throw NNXError(.usage, "\(card.name) has several archives; --archive goes with one")
    }
    for set in card.weights {
      let folder = try Staging(in: staging)
      var paths: [String] = []
      for published in set.files {
        let remote = try registry.home(of: card).remoteFile(published, of: set)
        let local = file ?? remote.urls.first.flatMap { EmbeddedFile.isLocal($0) ? $0 : nil }
        if let local {
          paths += try RegistryLint.unpack(Archive(EmbeddedFile.open(local)), into: folder.path)
          continue
        }
        var moved = 0
        let isThere = try transport.withParts(of: remote) {
          (parts) throws(NNXError) in
          defer { moved += parts.transferred }
          paths += try RegistryLint.unpack(Archive(parts), into: folder.path)
        }
        downloaded += moved
        if !isThere {
          let whole = try transport.fetch(remote, progress: { _ in })
          downloaded += whole.transferred
          paths += try RegistryLint.unpack(Archive(whole.file), into: folder.path)
        }
      }
      try compare(set, card, ResultsFolder(folder.path), paths)
    }
  }

  /// Files that are larger only lie there by name.
  private static let largest = 4 << 20

  /// Unpacks the files that say what a model is; checkpoints become empty files.
  private static func unpack(_ archive: Archive, into folder: String) throws(NNXError) -> [String] {
    let entries = archive.entries.filter { !$0.isFolder }
    func isSmall(_ entry: ArchiveEntry) -> Bool {
      let name = lastComponent(entry.path)
      return entry.size <= largest && !PublishedModel.isCheckpoint(name)
        && [".json", ".pkl"].contains { name.hasSuffix($0) }
    }
    let small = Set(entries.filter(isSmall).map(\.path))
    _ = try archive.unpack(into: folder, where: small.contains)
    for entry in entries where PublishedModel.isCheckpoint(lastComponent(entry.path)) {
      try Folder.create(parentFolder("\(folder)/\(entry.path)"))
      try NewFile("\(folder)/\(entry.path)").close()
    }
    return entries.map(\.path)
  }

  private mutating func compare(
    _ set: WeightSet, _ card: ModelCard, _ found: ResultsFolder, _ paths: [String]
  ) throws(NNXError) {
    func show(_ texts: some Sequence<String>) -> String { texts.joined(separator: ", ") }
    func note(_ field: String, _ entry: String?, _ archive: String) {
      guard let entry, entry != archive else { return }
      differences.append(
        Difference(set: set.id, field: field, entry: entry, archive: archive))
    }
    let models = found.models.filter { model in
      set.configuration == nil || model.configuration == set.configuration
    }
    note("nnunet", "\(set.generation.rawValue)", "\(found.models[0].generation.rawValue)")
    note("dataset", set.dataset, show(Set(found.models.map(\.dataset)).sorted()))
    guard !models.isEmpty else {
      note("configuration", set.configuration, show(found.models.map(\.configuration)))
      return
    }
    for model in models {
      note("trainer", set.trainer, model.trainer)
      note("plans", set.plans, model.plans)
      note(
        "folds", set.folds.map { show($0.map(String.init)) }, show(model.folds.map(\.name)))
      let checkpoints = Swift.Set(model.folds.map(\.checkpointName)).sorted()
      note("checkpoint", set.checkpoint, show(checkpoints))
      let facts = try RegistryFactsOfArchive(model)
      note("inputs", "\(card.inputs.count) channels", "\(facts.channels.count) channels")
      for (input, channel) in zip(card.inputs, facts.channels)
      where ![input.name, input.modality, input.sequence ?? ""].contains(where: {
        $0.lowercased() == channel.lowercased()
      }) {
        note("inputs[\(input.index)]", input.name, channel)
      }
      let values = set.labels.map(\.value).filter { $0 != 0 }
      note(
        "labels", values.isEmpty ? nil : show(values.map(String.init)),
        show(facts.labels.map { "\($0.value)" }))
      let unknown = (card.recipe?.labels(of: set.id) ?? []).filter { value in
        !facts.labels.contains { $0.value == value }
      }
      if !unknown.isEmpty {
        note(
          "recipe", "names labels " + show(unknown.map(String.init)),
          show(facts.labels.map { "\($0.value)" }))
      }
      for label in set.labels {
        guard let name = label.name,
          let own = facts.labels.first(where: { $0.value == label.value }),
          let archive = own.name
        else { continue }
        note("labels[\(label.value)]", name, archive)
      }
    }
  }
}

/// Channels and labels as the small files of a published model say.
private struct RegistryFactsOfArchive {
  var channels: [String]
  /// Foreground labels, ascending; v1 knows their number only.
  var labels: [(value: Int, name: String?)]

  init(_ model: PublishedModel) throws(NNXError) {
    let folder = model.folder.isEmpty ? model.root : "\(model.root)/\(model.folder)"
    if model.generation == .v2 {
      let dataset = try DatasetJSON(contentsOf: "\(folder)/dataset.json")
      channels = dataset.channels
      var labels: [Int: String?] = [:]
      for entry in dataset.labels.entries where entry.name != "ignore" {
        for value in entry.values where value != 0 {
          labels[value] = entry.values.count == 1 ? entry.name : (labels[value] ?? nil)
        }
      }
      self.labels = labels.map { ($0.key, $0.value) }.sorted { $0.value < $1.value }
      return
    }
    let notes = try Pickle(contentsOf: "\(model.root)/\(model.folds[0].checkpoint).pkl").root
    let plans = notes["plans"]
    guard let classes = plans?["num_classes"]?.int, let count = plans?["num_modalities"]?.int,
      (1...65_535).contains(classes), (1...1024).contains(count)
    else { throw NNXError(.invalidModel, "\(folder) does not state its channels and labels") }
    channels = (0..<count).map { plans?["modalities"]?[$0]?.text ?? "?" }
    labels = (1...classes).map { ($0, nil) }
  }
}
