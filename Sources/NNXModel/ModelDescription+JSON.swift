import NNXSystem

// A description as JSON and back, field for field (docs/format/model.md). Numbers are written with
// as many digits as it takes to read the same number back.

private func member(_ key: String, _ value: OrderedJSON) -> OrderedJSON.Member {
  OrderedJSON.Member(key, value)
}

extension ModelDescription {
  var json: OrderedJSON {
    .object([
      member("generation", .int(generation.rawValue)),
      member("dataset", .string(dataset)),
      member("trainer", .string(trainer)),
      member("plans", .string(plans)),
      member("configuration", .string(configuration)),
      member("channels", OrderedJSON(channels)),
      member("labels", labels.json),
      member("preprocessing", preprocessing.json),
      member("patch", OrderedJSON(patch)),
      member("slicewise", .bool(slicewise)),
      member("mirror_axes", OrderedJSON(mirrorAxes)),
      member("architecture", architecture.json),
      member("export_resampling", exportResampling.json),
      member("previous_stage", OrderedJSON(previousStage)),
      member("file_ending", .string(fileEnding)),
      member("image_reader", OrderedJSON(imageReader)),
      member("postprocessing", .array(postprocessing.map(\.json))),
      member(
        "requested_postprocessing", requestedPostprocessing.map { .array($0.map(\.json)) } ?? .null),
    ])
  }

  init(_ fields: JSONFields) throws(NNXError) {
    guard let generation = Generation(rawValue: try fields.int("generation")) else {
      throw fields.failure("'generation' is neither 1 nor 2")
    }
    self.init(
      generation: generation, dataset: try fields.string("dataset"),
      trainer: try fields.string("trainer"), plans: try fields.string("plans"),
      configuration: try fields.string("configuration"), channels: try fields.strings("channels"),
      labels: try Labels(try fields.object("labels")),
      preprocessing: try PreprocessingSettings(try fields.object("preprocessing")),
      patch: try fields.ints("patch"), slicewise: try fields.bool("slicewise"),
      mirrorAxes: try fields.ints("mirror_axes"),
      architecture: try Architecture(try fields.object("architecture")),
      exportResampling: try Resampling(try fields.object("export_resampling")),
      previousStage: try fields.optionalString("previous_stage"),
      fileEnding: try fields.string("file_ending"),
      imageReader: try fields.optionalString("image_reader"),
      postprocessing: try fields.optionalRules("postprocessing") ?? [],
      requestedPostprocessing: try fields.optionalRules("requested_postprocessing"))
    if let flaw { throw fields.failure("it describes \(flaw)") }
  }
}

extension Labels {
  fileprivate var json: OrderedJSON {
    .object([
      member(
        "entries",
        .array(
          entries.map {
            .object([
              member("name", .string($0.name)), member("values", OrderedJSON($0.values)),
            ])
          })),
      member("regions_class_order", regionsClassOrder.map { OrderedJSON($0) } ?? .null),
      member("ignore", OrderedJSON(ignore)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    var entries: [Entry] = []
    for entry in try fields.objects("entries") {
      entries.append(Entry(name: try entry.string("name"), values: try entry.ints("values")))
    }
    let order =
      fields.optional("regions_class_order") == nil ? nil : try fields.ints("regions_class_order")
    self.init(
      entries: entries, regionsClassOrder: order, ignore: try fields.optionalInt("ignore"))
    guard order == nil || order?.count == regions.count else {
      throw fields.failure("'regions_class_order' does not fit the regions")
    }
  }
}

extension PreprocessingSettings {
  fileprivate var json: OrderedJSON {
    .object([
      member("transpose_forward", OrderedJSON(transposeForward)),
      member("transpose_backward", OrderedJSON(transposeBackward)),
      member("spacing", .array(spacing.map { OrderedJSON($0) })),
      member("normalization", .array(normalization.map(\.json))),
      member("resampling", resampling.json),
      member("segmentation_resampling", segmentationResampling.json),
      member("replaces_nan", .bool(replacesNaN)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    guard let spacing = try fields.value("spacing").array, spacing.count == 3,
      spacing.allSatisfy({ $0.isNull || $0.double != nil })
    else { throw fields.failure("'spacing' is not a list of three numbers") }
    var normalization: [Normalization] = []
    for entry in try fields.objects("normalization") {
      normalization.append(try Normalization(entry))
    }
    self.init(
      transposeForward: try fields.ints("transpose_forward"),
      transposeBackward: try fields.ints("transpose_backward"), spacing: spacing.map(\.double),
      normalization: normalization, resampling: try Resampling(try fields.object("resampling")),
      segmentationResampling: try Resampling(try fields.object("segmentation_resampling")),
      replacesNaN: try fields.bool("replaces_nan"))
  }
}

extension Normalization {
  fileprivate var json: OrderedJSON {
    switch self {
    case .ct(let intensities, let useMask):
      .object([member("kind", "ct"), member("use_mask", .bool(useMask))] + intensities.members)
    case .ct2(let intensities, let useMask):
      .object([member("kind", "ct2"), member("use_mask", .bool(useMask))] + intensities.members)
    case .zScore(let useMask):
      .object([member("kind", "z_score"), member("use_mask", .bool(useMask))])
    case .none: .object([member("kind", "none")])
    case .rescaleTo01: .object([member("kind", "rescale_to_01")])
    case .rgbTo01: .object([member("kind", "rgb_to_01")])
    }
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    switch try fields.string("kind") {
    case "ct": self = .ct(try Intensities(fields), useMask: try fields.bool("use_mask"))
    case "ct2": self = .ct2(try Intensities(fields), useMask: try fields.bool("use_mask"))
    case "z_score": self = .zScore(useMask: try fields.bool("use_mask"))
    case "none": self = .none
    case "rescale_to_01": self = .rescaleTo01
    case "rgb_to_01": self = .rgbTo01
    case let kind: throw fields.failure("the normalisation '\(kind)' is unknown")
    }
  }
}

extension Normalization.Intensities {
  fileprivate var members: [OrderedJSON.Member] {
    [
      member("mean", .double(mean)), member("deviation", .double(deviation)),
      member("percentile_00_5", .double(percentile00_5)),
      member("percentile_99_5", .double(percentile99_5)), member("is_double", .bool(isDouble)),
    ]
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      mean: try fields.double("mean"), deviation: try fields.double("deviation"),
      percentile00_5: try fields.double("percentile_00_5"),
      percentile99_5: try fields.double("percentile_99_5"), isDouble: try fields.bool("is_double"))
  }
}

extension Resampling {
  fileprivate var json: OrderedJSON {
    .object([
      member("function", .string(function.rawValue)), member("order", .int(order)),
      member("order_z", .int(orderZ)),
      member("force_separate_z", forceSeparateZ.map { .bool($0) } ?? .null),
      member("memory_efficient", .bool(isMemoryEfficient)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    let name = try fields.string("function")
    guard let function = Function(rawValue: name) else {
      throw fields.failure("the resampling '\(name)' is unknown")
    }
    self.init(
      function: function, order: try fields.int("order"), orderZ: try fields.int("order_z"),
      forceSeparateZ: try fields.optionalBool("force_separate_z"),
      isMemoryEfficient: try fields.optionalBool("memory_efficient") ?? false)
    guard [0, 1, 3].contains(order), [0, 1, 3].contains(orderZ) else {
      throw fields.failure("a resampling of order \(order), \(orderZ)")
    }
  }
}
