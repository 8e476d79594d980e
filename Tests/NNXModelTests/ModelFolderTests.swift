import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct ModelFolderTests {
  private static func description(
    _ configuration: String = "3d_fullres", norm: Architecture.Norm = .instance(epsilon: 1e-5),
    normalization: Normalization = .zScore(useMask: true)
  ) -> ModelDescription {
    let stages = [
      Architecture.Stage(features: 8, kernel: [1, 3, 3], stride: [1, 1, 1], blocks: 1),
      Architecture.Stage(features: 16, kernel: [3, 3, 3], stride: [1, 2, 2], blocks: 2),
    ]
    let decoder = [
      Architecture.DecoderStage(
        features: 8, upsampling: [1, 2, 2], kernel: [1, 3, 3], convolutions: 1, upsamplingBias: true
      )
    ]
    return ModelDescription(
      generation: .v2, dataset: "Dataset001_Ä", trainer: "T", plans: "P",
      configuration: configuration, channels: ["CT \"a\""],
      labels: Labels(
        entries: [
          .init(name: "background", values: [0]), .init(name: "b", values: [1, 2]),
          .init(name: "a", values: [2]), .init(name: "ignore", values: [3]),
        ], regionsClassOrder: [1, 2], ignore: 3),
      preprocessing: PreprocessingSettings(
        transposeForward: [1, 2, 0], transposeBackward: [2, 0, 1],
        spacing: [0.1 + 0.2, 1.0 / 3, 0.1 + 0.7], normalization: [normalization],
        resampling: Resampling(order: 3, orderZ: 1, forceSeparateZ: true),
        segmentationResampling: Resampling(function: .torch, order: 1, forceSeparateZ: false),
        replacesNaN: false),
      patch: [5, 16, 8], slicewise: false, mirrorAxes: [2, 0],
      architecture: Architecture(
        encoder: .residual, inputChannels: 1, outputChannels: 2, stages: stages, decoder: decoder,
        stem: Architecture.Stage(features: 4, kernel: [3, 3, 3], stride: [1, 1, 1], blocks: 1),
        convolutionBias: true, norm: norm, slope: 0.1, activationFirst: false, headBias: true),
      exportResampling: Resampling(function: .identity, order: 0), previousStage: nil,
      fileEnding: ".nii.gz", imageReader: "Tiff3DIO")
  }

  private static let fold = ModelFolder.Fold(
    name: "all", checkpoint: "checkpoint_final.pth", weights: "weights/fold_all.safetensors",
    sha256: String(repeating: "0a", count: 32), parameters: 12)

  private func written(_ entries: [ModelFolder.Entry], _ folder: TemporaryFolder) throws
    -> ModelFolder
  {
    try ModelFolder(path: folder.path, entries: entries).write()
    return try ModelFolder(opening: folder.path)
  }

  @Test func keepsEveryFieldExactly() throws {
    let intensities = Normalization.Intensities(
      mean: 99.40078, deviation: 0.1, percentile00_5: -.greatestFiniteMagnitude,
      percentile99_5: 1.7976931348623157e308, isDouble: true)
    let normalizations: [Normalization] = [
      .ct(intensities, useMask: true), .ct2(intensities, useMask: false), .zScore(useMask: false),
      .none, .rescaleTo01, .rgbTo01,
    ]
    for (index, normalization) in normalizations.enumerated() {
      let entry = ModelFolder.Entry(
        description: ModelFolderTests.description(
          norm: index == 0 ? .batch(epsilon: 1e-3) : .instance(epsilon: 1e-5),
          normalization: normalization), folds: [ModelFolderTests.fold],
        unsupported: index == 1 ? "because" : nil)
      let folder = try TemporaryFolder()
      #expect(try written([entry], folder).entries == [entry])
    }
  }

  @Test func choosesAConfiguration() throws {
    func folder(_ names: [String]) -> ModelFolder {
      ModelFolder(
        path: "m",
        entries: names.map {
          .init(description: ModelFolderTests.description($0), folds: [ModelFolderTests.fold])
        })
    }
    func chosen(_ names: [String], _ asked: String? = nil) throws -> String {
      try folder(names).entry(configuration: asked).description.configuration
    }
    #expect(try chosen(["2d", "3d_lowres", "3d_fullres"]) == "3d_fullres")
    #expect(try chosen(["3d_lowres", "3d_cascade_fullres"]) == "3d_cascade_fullres")
    #expect(try chosen(["3d_lowres", "2d"]) == "2d")
    #expect(try chosen(["mine"]) == "mine")
    #expect(try chosen(["2d", "3d_fullres"], "2d") == "2d")
    let unknown = try #require(throws: NNXError.self) { try chosen(["2d", "mine"], "3d_fullres") }
    #expect(unknown.code == .unknownConfiguration)
    #expect(unknown.details == ["It has: 2d, mine"])
    #expect(throws: NNXError.self) { try chosen(["mine", "yours"]) }
  }

  @Test(arguments: [
    ("\"schema\": 1", "\"schema\": 2"), ("\"generation\": 2", "\"generation\": 3"),
    ("\"patch\": [5, 16, 8]", "\"patch\": [5, 16, 9]"),
    ("\"patch\": [5, 16, 8]", "\"patch\": [5, 16]"),
    ("\"mirror_axes\": [2, 0]", "\"mirror_axes\": [3]"),
    ("\"mirror_axes\": [2, 0]", "\"mirror_axes\": [2, 2]"),
    ("\"transpose_backward\": [2, 0, 1]", "\"transpose_backward\": [1, 2, 0]"),
    ("\"slicewise\": false", "\"slicewise\": true"), ("\"slicewise\": false", "\"slicewise\": 0"),
    ("\"kind\": \"z_score\"", "\"kind\": \"x\""), ("\"kind\": \"instance\"", "\"kind\": \"x\""),
    ("\"encoder\": \"residual\"", "\"encoder\": \"plain\""),
    ("\"encoder\": \"residual\"", "\"encoder\": \"x\""),
    ("\"input_channels\": 1", "\"input_channels\": 2"),
    ("\"output_channels\": 2", "\"output_channels\": 3"),
    ("\"features\": 16", "\"features\": 1600000"), ("\"features\": 16", "\"features\": -16"),
    ("\"regions_class_order\": [1, 2]", "\"regions_class_order\": [1]"),
    ("\"function\": \"torch\"", "\"function\": \"x\""), ("\"order\": 3", "\"order\": 2"),
    ("\"weights\": \"weights/", "\"weights\": \"../"),
    ("\"weights\": \"weights/", "\"weights\": \"/"),
    ("\"weights\": \"weights/", "\"weights\": \"weights//"),
    ("\"sha256\": \"0a", "\"sha256\": \"0A"), ("\"sha256\": \"0a", "\"sha256\": \""),
    ("\"epsilon\": 1e-05", "\"epsilon\": 0"), ("\"slope\": 0.1", "\"slope\": NaN"),
    ("\"slope\": 0.1", "\"slops\": 0.1"), ("\"dataset\"", "\"data\""),
  ])
  func refusesADamagedDescription(from: String, to: String) throws {
    let folder = try TemporaryFolder()
    _ = try written(
      [.init(description: ModelFolderTests.description(), folds: [ModelFolderTests.fold])], folder)
    let text = String(decoding: try folder.read("\(folder.path)/model.json"), as: UTF8.self)
    let range = try #require(text.range(of: from), "\(from) is not in model.json")
    try folder.write("model.json", Array(text.replacingCharacters(in: range, with: to).utf8))
    let error = try #require(throws: NNXError.self) { try ModelFolder(opening: folder.path) }
    #expect(error.code == .invalidModel, "\(error)")
    #expect(error.message.contains("model.json: "))
  }

  @Test func refusesConfigurationsOfOneName() throws {
    let entry = ModelFolder.Entry(
      description: ModelFolderTests.description(), folds: [ModelFolderTests.fold])
    let folder = try TemporaryFolder()
    #expect(throws: NNXError.self) { try written([entry, entry], folder) }
    #expect(throws: NNXError.self) { try written([], folder) }
  }

  @Test func aMissingFolderIsNotFound() throws {
    let error = try #require(throws: NNXError.self) { try ModelFolder(opening: "/nowhere") }
    #expect(error.code == .fileNotFound)
  }
}
