import NNXSystem
import Testing

@testable import NNXModel

/// Steps that prepare images, and what is made of them for a person's wish.
@Suite struct RecipePreparingTests {
  /// Two networks of the entry of `RecipeTests`, whose labels 8, and 1 and 3, become 1, and 2 and 3.
  private static let steps = """
    {"name": "ct", "do": "prepare", "spacing": 1.5, "thirds": {"voxels": 1000, "planes": 60}},
    {"name": "one", "do": "run", "weights": "liver-x", "mirroring": false, "on": "ct", "tileStep": 0.8},
    {"name": "two", "do": "run", "weights": "liver-y", "on": "ct"},
    {"name": "both", "do": "merge", "parts": [{"of": "one", "to": [0, 0, 0, 0, 0, 0, 0, 1]},
    {"of": "two", "to": [2, 0, 3]}]},
    {"name": "result", "do": "back", "of": "both"}
    """
  private static let more = """
    "variants": [{"name": "fast", "steps": [
    {"name": "ct", "do": "prepare", "spacing": [3, 2, 1], "order": 3, "edge": "constant", "truncates": true},
    {"name": "two", "do": "run", "weights": "liver-y", "on": "ct"},
    {"name": "large", "do": "clearSmall", "of": "two", "labels": [1], "upTo": 50, "connectivity": "faces"},
    {"name": "result", "do": "back", "of": "large"}]}],
    "subset": {"steps": [{"name": "rough-ct", "do": "prepare", "spacing": 6},
    {"name": "rough-labels", "do": "run", "weights": "liver-y", "on": "rough-ct"},
    {"name": "rough", "do": "back", "of": "rough-labels"}], "around": "rough", "lacks": [3], "margin": 20},
    "files": "totalsegmentator"
    """

  private static func recipe(_ steps: String = steps) throws -> Recipe {
    try #require(
      RecipeTests.card(#"{"statedBy": "a test", "steps": [\#(steps)], \#(more)}"#).recipe)
  }

  @Test func readsEveryStep() throws {
    let recipe = try Self.recipe()
    #expect(recipe.labels == [1, 2, 3])
    #expect(recipe.files == .totalSegmentator && recipe.reader == .nibabel)
    #expect(recipe.labels(of: "liver-y") == [1, 3])
    #expect(recipe.labels(of: "liver-x") == [8])
    guard case .prepare(let prepare) = recipe.steps[0].operation,
      case .prepare(let fast) = try #require(recipe.variants.first).steps[0].operation
    else {
      Issue.record("no images")
      return
    }
    #expect(prepare.spacing == [1.5, 1.5, 1.5] && prepare.order == 1 && prepare.edge == .nearest)
    #expect(!prepare.truncatesAlways && prepare.pieces == .thirds(voxels: 1000, planes: 60))
    #expect(fast.spacing == [3, 2, 1] && fast.order == 3 && fast.edge == .constant)
    #expect(fast.truncatesAlways && fast.pieces == nil)
    let runs = recipe.steps.compactMap(\.operation.run)
    #expect(runs.map(\.on) == ["ct", "ct"] && runs.map(\.tileStep) == [0.8, nil])
  }

  @Test func aWishForNothingIsTheRecipeItself() throws {
    let recipe = try Self.recipe()
    #expect(try recipe.tailored(.init()) == recipe)
  }

  @Test func aVariantHasItsOwnSteps() throws {
    let fast = try Self.recipe().tailored(.init(variant: "fast", specks: 200))
    #expect(fast.steps.map(\.name) == ["ct", "two", "large", "specks", "result"])
    #expect(fast.json["variant"] == "fast" && fast.json["removeSmallBlobs"] == 200.0)
    #expect(fast.json["steps"]?.array?.count == 4)
    let error = #expect(throws: NNXError.self) {
      try Self.recipe().tailored(.init(variant: "faster"))
    }
    #expect(error?.fixes == ["Choose from: fast"])
  }

  /// Only the network that gives the label runs, on the image around it.
  @Test func aSubsetLeavesOutWhatItDoesNotNeed() throws {
    let recipe = try Self.recipe().tailored(.init(labels: [1]))
    #expect(
      recipe.steps.map(\.name) == [
        "rough-ct", "rough-labels", "rough", "ct", "one", "both", "result", "asked-for",
      ])
    #expect(recipe.steps.compactMap(\.operation.run?.weights) == ["liver-y", "liver-x"])
    guard case .prepare(let prepare) = recipe.steps[3].operation else {
      Issue.record("no image")
      return
    }
    #expect(prepare.around == .init(of: "rough", labels: .values([1]), margin: 20))
    #expect(recipe.steps.last?.operation == .keep(of: "result", labels: .values([1])))
    #expect(recipe.labels == [1])
    let error = #expect(throws: NNXError.self) {
      try Self.recipe().tailored(.init(labels: [1, 3]))
    }
    #expect(error?.message.contains("knows no label 3") == true)
  }

  private static let itk = """
    {"name": "rough", "do": "run", "weights": "liver-y"},
    {"name": "image", "do": "prepare", "reader": "itk", "axes": "LPS", "method": "b-spline", "spacing": "network",
    "around": "rough", "labels": [1], "along": "head", "halves": {"margin": 3}},
    {"name": "network", "do": "run", "weights": "liver-y", "on": "image"},
    {"name": "fine", "do": "back", "of": "network"},
    {"name": "result", "do": "slab", "of": "fine", "around": "rough", "labels": [3]}
    """

  @Test func anImageCanBeReadTurnedAndCutOtherwise() throws {
    let recipe = try Self.recipe(Self.itk).following { $0 == "liver-y" ? [1, 2, 3] : nil }
    #expect(recipe.reader == .itk && recipe.labels == [1, 3])
    guard case .prepare(let prepare) = recipe.steps[1].operation else {
      Issue.record("no image")
      return
    }
    #expect(prepare.axes == .lps && prepare.method == .bSpline && prepare.spacing == [1, 2, 3])
    #expect(prepare.around?.isAlongHead == true && prepare.pieces == .halves(level: 0, margin: 3))
    #expect(
      recipe.steps.last?.operation == .slab(of: "fine", around: "rough", labels: .values([3])))
  }

  @Test func halvesAreMadeOnRequest() throws {
    let halved = try Self.recipe(Self.itk).tailored(.init(halvings: 2))
    guard case .prepare(let prepare) = halved.steps[1].operation else {
      Issue.record("no image")
      return
    }
    #expect(prepare.pieces == .halves(level: 2, margin: 3) && halved.json["halvings"] == 2)
    let error = #expect(throws: NNXError.self) { try Self.recipe().tailored(.init(halvings: 2)) }
    #expect(error?.fixes == ["Leave out --split-level"])
  }

  @Test(arguments: [
    (#""reader": "itk", "axes": "LPS""#, #""reader": "itk", "axes": "LAS""#, "axes"),
    (#""along": "head""#, #""along": "x""#, "along is not 'head'"),
    (#""margin": 3"#, #""margin": 3000"#, "margin is not 0 to 1000"),
    (#""halves""#, #""boxes": {"longest": 4, "overlap": 2}, "halves""#, "pieces of two kinds"),
    (#""halves": {"margin": 3}"#, #""boxes": {"longest": 4, "overlap": 2}"#, "not above twice"),
  ])
  func refusesWhatCannotBeOfThese(_ text: String, _ other: String, _ problem: String) {
    let error = #expect(throws: NNXError.self) {
      try Self.recipe(Self.itk.replacing(text, with: other))
    }
    #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    (#""on": "ct", "tileStep""#, #""on": "mr", "tileStep""#, "which no step before prepares"),
    (#""tileStep": 0.8"#, #""tileStep": 0"#, "tileStep is not above 0"),
    (#""spacing": 1.5"#, #""spacing": 0"#, "spacing is not a length"),
    (#""planes": 60"#, #""planes": 59"#, "planes is below 60"),
    (#""spacing": 1.5"#, #""spacing": 1.5, "margin": 3"#, "margin is there without 'around'"),
    (#""spacing": 1.5"#, #""spacing": 1.5, "order": 2"#, "order is not 1 or 3"),
    (
      #"{"name": "result", "do": "back", "of": "both"}"#,
      #"{"name": "result", "do": "keep", "of": "both", "labels": [1]}"#, "ends on the grid"
    ),
    (
      #""weights": "liver-y", "on": "ct""#, #""weights": "liver-y""#, "has maps on different grids"
    ),
  ])
  func refusesWhatCannotBe(_ text: String, _ other: String, _ problem: String) {
    let error = #expect(throws: NNXError.self) {
      try Self.recipe(Self.steps.replacing(text, with: other))
    }
    #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
  }
}
