import NNXSystem

private func member(_ key: String, _ value: OrderedJSON) -> OrderedJSON.Member {
  OrderedJSON.Member(key, value)
}

extension Architecture {
  /// The network as JSON (docs/format/model.md).
  var json: OrderedJSON {
    let head = [
      member("encoder", .string(encoder.rawValue)),
      member("input_channels", .int(inputChannels)),
      member("output_channels", .int(outputChannels)),
      member("stem", stem.map(\.json) ?? .null),
      member("stages", .array(stages.map(\.json))),
      member("decoder", .array(decoder.map(\.json))),
      member("convolution_bias", .bool(convolutionBias)),
      member("norm", norm.json),
    ]
    // LeakyReLU goes without saying.
    let kind =
      activation == .leakyReLU ? [] : [member("activation", .string(activation.rawValue))]
    return .object(
      head + kind + [
        member("slope", .double(slope)),
        member("activation_first", .bool(activationFirst)),
        member("head_bias", .bool(headBias)),
      ])
  }

  init(_ fields: JSONFields) throws(NNXError) {
    let kind = try fields.string("encoder")
    guard let encoder = Encoder(rawValue: kind) else {
      throw fields.failure("the encoder '\(kind)' is unknown")
    }
    let name = try fields.optionalString("activation") ?? Activation.leakyReLU.rawValue
    guard let activation = Activation(rawValue: name) else {
      throw fields.failure("the activation '\(name)' is unknown")
    }
    var stages: [Stage] = []
    for stage in try fields.objects("stages") { stages.append(try Stage(stage)) }
    var decoder: [DecoderStage] = []
    for stage in try fields.objects("decoder") { decoder.append(try DecoderStage(stage)) }
    self.init(
      encoder: encoder, inputChannels: try fields.int("input_channels"),
      outputChannels: try fields.int("output_channels"), stages: stages, decoder: decoder,
      stem: fields.optional("stem") == nil ? nil : try Stage(try fields.object("stem")),
      convolutionBias: try fields.bool("convolution_bias"),
      norm: try Norm(try fields.object("norm")), activation: activation,
      slope: try fields.double("slope"),
      activationFirst: try fields.bool("activation_first"), headBias: try fields.bool("head_bias"))
  }
}

extension Architecture.Norm {
  fileprivate var json: OrderedJSON {
    switch self {
    case .instance(let epsilon):
      .object([member("kind", "instance"), member("epsilon", .double(epsilon))])
    case .batch(let epsilon):
      .object([member("kind", "batch"), member("epsilon", .double(epsilon))])
    case .group(let epsilon, let groups):
      .object([
        member("kind", "group"), member("epsilon", .double(epsilon)),
        member("groups", .int(groups)),
      ])
    case .filterResponse(let epsilon):
      .object([member("kind", "filter_response"), member("epsilon", .double(epsilon))])
    case .none: .object([member("kind", "none")])
    }
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    switch try fields.string("kind") {
    case "instance": self = .instance(epsilon: try fields.double("epsilon"))
    case "batch": self = .batch(epsilon: try fields.double("epsilon"))
    case "group":
      self = .group(epsilon: try fields.double("epsilon"), groups: try fields.int("groups"))
    case "filter_response": self = .filterResponse(epsilon: try fields.double("epsilon"))
    case "none": self = .none
    case let kind: throw fields.failure("the norm '\(kind)' is unknown")
    }
  }
}

extension Architecture.Stage {
  fileprivate var json: OrderedJSON {
    .object([
      member("features", .int(features)), member("kernel", OrderedJSON(kernel)),
      member("stride", OrderedJSON(stride)), member("blocks", .int(blocks)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      features: try fields.int("features"), kernel: try fields.ints("kernel"),
      stride: try fields.ints("stride"), blocks: try fields.int("blocks"))
  }
}

extension Architecture.DecoderStage {
  fileprivate var json: OrderedJSON {
    .object([
      member("features", .int(features)), member("upsampling", OrderedJSON(upsampling)),
      member("kernel", OrderedJSON(kernel)), member("convolutions", .int(convolutions)),
      member("upsampling_bias", .bool(upsamplingBias)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      features: try fields.int("features"), upsampling: try fields.ints("upsampling"),
      kernel: try fields.ints("kernel"), convolutions: try fields.int("convolutions"),
      upsamplingBias: try fields.bool("upsampling_bias"))
  }
}
