import NNXSystem

/// A v2 `plans.json`, from nnunetv2 2.0 on.
package struct PlansV2: Sendable {
  let fields: PlansFields

  /// `nnUNetPlans`, `nnUNetResEncUNetLPlans`, …
  package var name: String { fields.optional("plans_name")?.string ?? "nnUNetPlans" }
  /// `Dataset006_Liver`.
  package var dataset: String? { fields.optional("dataset_name")?.string }
  /// Names of the configurations.
  package var configurations: [String] {
    fields.optional("configurations")?.members?.map(\.key) ?? []
  }

  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`, `invalid-model`.
  package init(contentsOf path: String) throws(NNXError) {
    self.init(try OrderedJSON(contentsOf: path), source: path)
  }

  package init(_ json: OrderedJSON, source: String) {
    fields = PlansFields(json, source: source)
  }

  /// A configuration with everything that it inherits (`PlansManager.get_configuration`).
  func configuration(_ name: String) throws(NNXError) -> PlansFields {
    let all = try fields.object("configurations")
    var chain: [String] = []
    var members: [OrderedJSON.Member] = []
    var next: String? = name
    while let current = next {
      guard !chain.contains(current) else {
        throw all.failure("'\(current)' inherits from itself")
      }
      guard let own = all.optional(current)?.members else {
        throw all.failure("there is no configuration '\(current)'")
      }
      chain.append(current)
      members += own.filter { member in !members.contains { $0.key == member.key } }
      next = all.optional(current)?["inherits_from"]?.string
    }
    return PlansFields(
      .object(members), source: fields.source, place: "configurations.\(name)")
  }

  /// Everything that prediction has to know.
  ///
  /// - Parameters:
  ///   - configuration: its name.
  ///   - dataset: of the same folder.
  ///   - folder: name of the dataset folder, as in `Dataset006_Liver`.
  ///   - checkpoint: of the first fold: trainer, mirroring, kind of norm.
  /// - Throws: `invalid-model`; `unsupported-network`.
  package func description(
    _ configuration: String, dataset: DatasetJSON, folder: String, checkpoint: Checkpoint
  ) throws(NNXError) -> ModelDescription {
    let own = try self.configuration(configuration)
    let patch = try own.ints("patch_size")
    guard patch.count == 2 || patch.count == 3 else {
      throw own.failure("'patch_size' has \(patch.count) axes")
    }
    let slicewise = patch.count == 2
    try checkClasses(own, folder)
    let previousStage = try previousStage(own)
    let architecture = try architecture(
      own, axes: patch.count,
      inputs: dataset.channels.count
        + (previousStage == nil ? 0 : dataset.labels.foreground.count),
      outputs: dataset.labels.heads, checkpoint: checkpoint, folder: folder)
    let description = ModelDescription(
      generation: .v2, dataset: folder, trainer: checkpoint.trainer, plans: name,
      configuration: configuration, channels: dataset.channels, labels: dataset.labels,
      preprocessing: try preprocessing(own, slicewise, dataset.channels.count, folder),
      patch: slicewise ? [1] + patch : patch, slicewise: slicewise,
      mirrorAxes: try mirrorAxes(checkpoint, axes: patch.count), architecture: architecture,
      exportResampling: try resampling(own, "probabilities", folder),
      previousStage: previousStage, fileEnding: dataset.fileEnding,
      imageReader: fields.optional("image_reader_writer")?.string)
    if let flaw = description.flaw { throw own.failure("it describes \(flaw)") }
    return description
  }

  private func previousStage(_ own: PlansFields) throws(NNXError) -> String? {
    guard let value = own.optional("previous_stage") else { return nil }
    if let name = value.string { return name }
    guard let names = value.array, names.count <= 1 else {
      throw own.failure("'previous_stage' is not one configuration")
    }
    return names.first?.string
  }

  /// The axes of the checkpoint count from the first axis of the patch.
  private func mirrorAxes(_ checkpoint: Checkpoint, axes: Int) throws(NNXError) -> [Int] {
    let mirrored = checkpoint.mirrorAxes ?? []
    guard Set(mirrored).count == mirrored.count, mirrored.allSatisfy({ (0..<axes).contains($0) })
    else { throw fields.failure("\(checkpoint.path) mirrors along \(mirrored)") }
    return mirrored.map { $0 + 3 - axes }
  }

  /// Refuses readers, preprocessors and label managers that would give other results.
  private func checkClasses(_ own: PlansFields, _ folder: String) throws(NNXError) {
    let known = [
      (fields.optional("label_manager")?.string, ["LabelManager"]),
      (own.optional("preprocessor_name")?.string, ["DefaultPreprocessor"]),
      (
        fields.optional("image_reader_writer")?.string,
        [
          "SimpleITKIO", "SimpleITKIOWithReorient", "NibabelIO", "NibabelIOWithReorient",
          "NaturalImage2DIO", "Tiff3DIO",
        ]
      ),
    ]
    for case (let name?, let allowed) in known where !allowed.contains(name) {
      throw .unsupported(name, from: folder)
    }
  }
}
