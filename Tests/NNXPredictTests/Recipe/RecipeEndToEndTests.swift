import NNXImage
import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Every recipe of the registry, run on small random networks that have the entry's channels and
/// labels, and compared with its steps worked out by hand from nnU-Net's own labels.
@Suite struct RecipeEndToEndTests {
  private static let shape = [9, 26, 22]
  private static let spacing = [2.5, 0.8, 0.8]

  private static let cards: [String: ModelCard] = {
    guard let json = try? OrderedJSON(contentsOf: Fixtures.repository + "/registry.json") else {
      return [:]
    }
    var cards: [String: ModelCard] = [:]
    for entry in json["models"]?.array ?? [] {
      let members = (entry.members ?? []).filter { $0.key != "cite" }
      guard let card = try? ModelCard(parsing: .object(members), citations: [:], at: "registry")
      else { continue }
      cards[card.name] = card
    }
    return cards
  }()

  /// One entry with its networks and an image.
  private struct Setting {
    let card: ModelCard
    let recipe: Recipe
    let models: [String: RandomModel]
    let item: Case
    let place: TemporaryFolder

    /// - Parameter seed: of the weights.
    init(_ name: String, seed: Int = 0) throws {
      card = try #require(RecipeEndToEndTests.cards[name])
      recipe = try #require(card.recipe)
      var models: [String: RandomModel] = [:]
      for (index, set) in card.weights.enumerated() {
        let rules = [ComponentRule(labels: [1])]
        models[set.id] = try RandomModel(
          set.generation, channels: card.inputs.map(\.name),
          labels: set.labels.map(\.value).filter { $0 > 0 },
          postprocessing: set.generation == .v1 ? rules : [], seed: 10 * seed + index)
      }
      self.models = models
      place = try TemporaryFolder()
      var images: [String] = []
      for channel in card.inputs.indices {
        let shape = RecipeEndToEndTests.shape
        let noise = randomValues(shape.reduce(1, *), seed: 77 + channel)
        // Smooth in the slice, so that labels hang together.
        let bytes = NIfTIBytes.float32(shape: shape, spacing: RecipeEndToEndTests.spacing) {
          index in
          let (y, x) = (index / shape[2] % shape[1], index % shape[2])
          // Behind a border there is nothing, as around a registered CT.
          if channel == 0, x < 3 { return -150 }
          return 100 * noise[index / 7 * 7] + 8 * Float((y * x * (channel + 1)) % 31)
        }
        images.append(try place.write("image_000\(channel).nii", bytes))
      }
      item = Case(name: "image", images: images)
    }

    /// Runs the networks in the recipe's order.
    func predict(folds: [String]? = nil, to name: String = "recipe") throws -> HandMade {
      let choices = try recipe.steps.compactMap(\.operation.run).map { run in
        let model = try #require(models[run.weights])
        return Predictor.Choice(
          folder: model.folder, entry: model.entry, folds: folds, mirroring: run.mirroring)
      }
      return try run(choices, recipe: recipe, to: name)
    }

    /// nnU-Net's own labels of one set of weights.
    func raw(
      _ weights: String, folds: [String]? = nil, mirroring: Bool = true, postprocess: Bool = true
    ) throws -> HandMade {
      let model = try #require(models[weights])
      let choice = Predictor.Choice(
        folder: model.folder, entry: model.entry, folds: folds, mirroring: mirroring)
      return try run([choice], to: "raw", postprocess: postprocess)
    }

    /// Each fold by itself.
    func folds(
      _ weights: String, mirroring: Bool = true, postprocess: Bool = true
    ) throws -> [HandMade] {
      try (0..<5).map {
        try raw(weights, folds: ["\($0)"], mirroring: mirroring, postprocess: postprocess)
      }
    }

    private func run(
      _ choices: [Predictor.Choice], recipe: Recipe? = nil, to name: String,
      postprocess: Bool = true
    ) throws -> HandMade {
      let predictor = try Predictor(
        choices, recipe: recipe, identity: .null,
        options: .init(overwrites: true, postprocessing: postprocess ? .automatic : .none),
        threads: .all)
      let path = "\(place.path)/\(name).nii.gz"
      _ = try predictor.predict(item, to: path, command: [], progress: { _ in })
      let labels = try readSegmentation(path).labels
      return HandMade(labels.labels, labels.shape)
    }
  }

  /// Compares the recipe's result with what `expected` works out by hand, on the first random networks
  /// for which that holds all labels: a comparison of empty maps would prove nothing.
  ///
  /// - Parameter expected: `nil` asks for other networks.
  private func check(
    _ name: String, holds labels: [Int], _ expected: (Setting) throws -> HandMade?
  ) throws {
    for seed in 0..<40 {
      let setting = try Setting(name, seed: seed)
      guard let hand = try expected(setting),
        labels.allSatisfy({ label in hand.labels.count { $0 == label } >= 5 })
      else { continue }
      let own = try setting.predict()
      let differing = zip(own.labels, hand.labels).count { $0 != $1 }
      #expect(differing == 0 && own.shape == hand.shape)
      return
    }
    Issue.record("no networks give \(name) all of \(labels)")
  }

  @Test func everyEntryOfTheCollectionHasARecipe() {
    let names = Self.cards.values.filter { $0.collection == "aimi" }.map(\.name).sorted()
    #expect(
      names == [
        "brain-mr", "breast-fdg-pet-ct", "breast-mr", "kidney-ct", "liver-ct", "liver-mr",
        "liver2-ct", "lung-ct", "lung-fdg-pet-ct", "lung2-ct", "prostate-mr",
      ])
    #expect(names.allSatisfy { Self.cards[$0]?.recipe != nil })
  }

  @Test(arguments: ["liver-ct", "liver-mr", "prostate-mr"])
  func oneNetworkAsItIs(name: String) throws {
    try check(name, holds: [1]) { try $0.raw(name) }
  }

  @Test func kidney() throws {
    try check("kidney-ct", holds: [1, 2, 3]) { setting in
      let folds = try setting.folds("kidney-ct")
      var merged = folds[0].mapped { _, _ in 0 }
      for label in 1...3 {
        let agreed = HandMade.agreement(folds, 3) { $0 == label }
        merged = merged.mapped { agreed[$0] ? label : $1 }
      }
      return merged.largest(2)
    }
  }

  @Test func liverWithTumours() throws {
    try check("liver2-ct", holds: [1, 2]) { setting in
      try setting.raw("liver2-ct").mapped { $1 == 8 ? 1 : $1 == 9 ? 2 : 0 }.largest(1)
    }
  }

  @Test func lungsOfTwoNetworks() throws {
    try check("lung-ct", holds: [1, 2]) { setting in
      func folds(_ weights: String) throws -> [HandMade] {
        try setting.folds(weights, mirroring: false, postprocess: false)
      }
      let agreed = HandMade.agreement(try folds("lung-ct.lung"), 3) { $0 > 0 }
      let all = HandMade(agreed.map { $0 ? 1 : 0 }, Self.shape)
      let parts = all.components(reach: 3) { $0 > 0 }.enumerated().sorted {
        ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
      }
      let lungs = Set(parts.prefix(2).map(\.element).filter { $0.count > 20 }.joined())
      let nodules = HandMade.agreement(try folds("lung-ct.nodules"), 3) { $0 == 1 }
      return all.mapped { index, _ in
        lungs.contains(index) ? (nodules[index] ? 2 : 1) : 0
      }
    }
  }

  @Test func nodulesBelowThreeMillimetresAreLung() throws {
    try check("lung2-ct", holds: [1, 2]) { setting in
      let own = try setting.raw("lung2-ct")
      var expected = own
      for part in own.components(reach: 1, { $0 == 2 }) {
        let places = part.map(own.position)
        let sides = [1, 2].map { axis in
          let values = places.map { $0[axis] }
          return (values.max() ?? 0) - (values.min() ?? 0) + 1
        }
        // The image's spacing is stored in float32.
        if Double(Float(0.8)) * Double(sides.max() ?? 0) < 3 {
          for index in part { expected.labels[index] = 1 }
        }
      }
      return expected == own ? nil : expected.largest(2) { Double($0) > 0.2 * Double($1) }
    }
  }

  @Test(arguments: [("lung-fdg-pet-ct", 2), ("breast-fdg-pet-ct", 1)])
  func tumoursOnPET(name: String, label: Int) throws {
    try check(name, holds: [label]) { setting in
      let folds = try setting.folds("fdg-pet-ct", mirroring: false, postprocess: false)
      let agreed = HandMade.agreement(folds, 3) { $0 == 9 }
      let ct = try readImage(setting.item.images[0]).voxels.values
      let least = try #require(ct.min())
      let outside = ct.indices.filter { ct[$0] == least }
      var expected = HandMade(agreed.map { $0 ? label : 0 }, Self.shape)
      let tumour = expected.labels.count { $0 > 0 }
      for index in outside { expected.labels[index] = 0 }
      return expected.labels.count { $0 > 0 } < tumour ? expected : nil
    }
  }

  @Test func breastWithTissueAndTumour() throws {
    try check("breast-mr", holds: [1, 2, 3]) { setting in
      let breast = try setting.raw("breast-mr.breast-fgt").largest(2)
      let tumour = try setting.raw("breast-mr.tumor").largest(2)
      return breast.mapped { $1 > 0 && tumour.labels[$0] > 0 ? 3 : $1 }
    }
  }

  @Test func brain() throws {
    try check("brain-mr", holds: [1, 2, 3]) { setting in
      try setting.raw("brain-mr").mapped { $1 == 4 ? 3 : $1 }
    }
  }

  @Test func foldsAndMirroringCanBeLeftOut() throws {
    let setting = try Setting("kidney-ct")
    let one = try setting.raw("kidney-ct", folds: ["2"]).largest(2)
    let own = try setting.predict(folds: ["2"])
    #expect(zip(own.labels, one.labels).count { $0 != $1 } == 0)
    #expect(own.labels.contains { $0 > 0 })
    let record = try OrderedJSON(contentsOf: setting.place.path + "/recipe.nnx.json")
    #expect(record["settings"]?["networks"]?.array?.first?["folds"] == ["2"])
  }

  @Test func theRecordTellsTheRecipeOrThatThereWasNone() throws {
    let setting = try Setting("lung-ct")
    _ = try setting.predict()
    let record = try OrderedJSON(contentsOf: setting.place.path + "/recipe.nnx.json")
    let settings = try #require(record["settings"])
    #expect(settings["recipe"] == setting.recipe.json)
    let networks = try #require(settings["networks"]?.array)
    #expect(networks.map { $0["weights"] } == ["lung-ct.lung", "lung-ct.nodules"])
    #expect(networks.map { $0["step"] } == ["lung-votes", "nodule-votes"])
    #expect(networks.allSatisfy { $0["mirrorAxes"] == [] })
    #expect(networks.allSatisfy { $0["weightsSha256"]?.array?.count == 5 })
    #expect(record["labels"]?.array?.compactMap { $0["value"]?.int } == [1, 2])
    #expect(record["seconds"]?.members?.map(\.key).sorted().contains("recipe") == true)
    let keys = record["seconds"]?.members?.map(\.key) ?? []
    #expect(Set(keys).count == keys.count)
    _ = try setting.raw("lung-ct.lung")
    let raw = try OrderedJSON(contentsOf: setting.place.path + "/raw.nnx.json")
    #expect(raw["settings"]?["recipe"] == .null)
  }

  @Test func networksThatTheRecipeDoesNotFitAreRefused() throws {
    let recipe = try #require(Self.cards["liver2-ct"]?.recipe)
    let model = try RandomModel(.v2, channels: ["CT"], labels: [1, 2], folds: 1, seed: 3)
    let error = #expect(throws: NNXError.self) {
      try Predictor(
        [.init(folder: model.folder, entry: model.entry)], recipe: recipe, identity: .null,
        options: .init(), threads: .all)
    }
    #expect(error?.code == .recipeMismatch)
    #expect(error?.details.first == "The recipe names: label 8, label 9")
    let lungs = try #require(Self.cards["lung-ct"]?.recipe)
    let two = try RandomModel(.v1, channels: ["CT", "PET"], labels: [1, 2], folds: 1, seed: 3)
    let other = #expect(throws: NNXError.self) {
      try Predictor(
        [model, two].map { .init(folder: $0.folder, entry: $0.entry) }, recipe: lungs,
        identity: .null, options: .init(), threads: .all)
    }
    #expect(other?.code == .recipeMismatch)
  }
}
