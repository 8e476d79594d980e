import NNXSystem
import Testing

@testable import NNXModel

@Suite struct RecipeTests {
  /// A recipe with every kind of step, for the entry of `ModelCardTests` with two sets of weights.
  static let recipe = """
    {"statedBy": "a test", "note": "why", "steps": [
    {"name": "votes", "do": "vote", "weights": "liver-x", "folds": [0, 1], "mirroring": false,
    "postprocessing": false, "atLeast": 0.6, "labels": [{"from": [8], "to": 1},
    {"from": "foreground", "to": 2}]},
    {"name": "other", "do": "run", "weights": "liver-y"},
    {"name": "few", "do": "select", "of": "other", "labels": [{"from": [1, 3], "to": 3}]},
    {"name": "large", "do": "keepLargest", "of": "votes", "labels": "foreground", "count": 2,
    "minimumVoxels": 21, "secondAbove": 0.2, "connectivity": "all"},
    {"name": "inside", "do": "mask", "of": "few", "by": "large", "labels": [1, 2]},
    {"name": "both", "do": "overlay", "of": "inside", "over": "large"},
    {"name": "plain", "do": "relabelSmall", "of": "both", "labels": [3], "below": 3, "measure":
    "mm in plane", "to": 1, "connectivity": "faces"},
    {"name": "box", "do": "crop", "of": "plain", "around": "large", "labels": "foreground",
    "margin": 2.5},
    {"name": "result", "do": "clearMinimum", "of": "box", "channel": 0}]}
    """

  static func card(_ recipe: String = recipe) throws -> ModelCard {
    let first = #""evidence": "none"}]"#
    let second = """
      "evidence": "none"}, {"id": "liver-y", "nnunet": 1, "dataset": "Task001_Y", "record": 13, "doi":
      "10.5281/zenodo.13", "files": [{"key": "Y.zip"}], "labels": [{"value": 0}, {"value": 1}, {"value":
      3}], "evidence": "none"}]
      """
    let labels = #""rgb": [1, 2, 3]}]"#
    var text = ModelCardTests.minimal.replacing(first, with: second)
    text = text.replacing(
      labels, with: #""rgb": [1, 2, 3]}, {"value": 2, "name": "B"}, {"value": 3, "name": "C"}]"#)
    return try ModelCardTests.card(
      text.replacing(#""intendedUse""#, with: "\"recipe\": \(recipe), \"intendedUse\""))
  }

  @Test func readsEveryStep() throws {
    let recipe = try #require(Self.card().recipe)
    #expect(recipe.statedBy == "a test" && recipe.note == "why")
    #expect(recipe.labels == [1, 2, 3])
    #expect(recipe.weights == ["liver-x", "liver-y"])
    #expect(recipe.labels(of: "liver-x") == [8])
    #expect(recipe.labels(of: "liver-y") == [1, 3])
    let operations = recipe.steps.map(\.operation)
    guard case .vote(let first, 0.6, let changes) = operations[0],
      case .run(let second) = operations[1], case .keepLargest("votes", let large) = operations[3],
      case .relabelSmall("both", let small) = operations[6],
      case .crop("plain", "large", .foreground, 2.5) = operations[7],
      case .clearMinimum("box", 0) = operations[8]
    else {
      Issue.record("\(operations)")
      return
    }
    #expect(first.weights == "liver-x" && first.folds == [0, 1])
    #expect(!first.mirroring && !first.postprocessing)
    #expect(changes.map(\.from) == [.values([8]), .foreground] && changes.map(\.to) == [1, 2])
    #expect(second.weights == "liver-y" && second.folds == nil)
    #expect(second.mirroring && second.postprocessing)
    #expect(large.labels == .foreground && !large.each && large.count == 2)
    #expect(large.minimumVoxels == 21 && large.secondAbove == 0.2 && large.connectivity == .all)
    #expect(small.labels == .values([3]) && small.below == 3 && small.measure == .inPlane)
    #expect(small.to == 1 && small.connectivity == .faces)
    #expect(operations[7].inputs == ["plain", "large"])
    #expect(recipe.json["steps"]?.array?.count == 9)
  }

  @Test func saysItInWords() throws {
    #expect(
      try #require(Self.card().recipe).words == [
        "votes: liver-x, folds 0 1 without mirroring, each fold by itself; where at least 60 % of "
          + "them agree, label 8 to 1, then the foreground to 2",
        "other: nnU-Net's own labels by liver-y",
        "few: of other, labels 1, 3 to 3, the rest to 0",
        "large: of votes, the 2 largest components of the foreground with at least 21 voxels, the "
          + "second only above 20 % of the largest (joined by faces, edges and corners)",
        "inside: few inside labels 1, 2 of large, the rest to 0",
        "both: inside over large",
        "plain: of both, components of label 3 below 3 mm in the slice to 1 (joined by faces)",
        "box: plain in the box around large and 2.5 mm more, the rest to 0",
        "result: box, to 0 where image 0 has its smallest value",
      ])
  }

  @Test(arguments: [
    (#""statedBy": "a test", "#, "", "recipe.statedBy is missing"),
    (#""note": "why""#, #""hint": "why""#, "recipe.hint is not known here"),
    (#""do": "vote""#, #""do": "dance""#, "recipe.steps[0].do is 'dance'"),
    (
      #""weights": "liver-x""#, #""weights": "z""#,
      "recipe.steps[0].weights is 'z', which the entry's"
    ),
    (
      #""folds": [0, 1]"#, #""folds": [7]"#,
      "recipe.steps[0].folds names folds that 'liver-x' lacks"
    ),
    (#""folds": [0, 1]"#, #""folds": []"#, "recipe.steps[0].folds is empty"),
    (#""mirroring": false"#, #""mirroring": 0"#, "recipe.steps[0].mirroring is not true or false"),
    (#""atLeast": 0.6"#, #""atLeast": 0"#, "recipe.steps[0].atLeast is not above 0"),
    (#""atLeast": 0.6, "#, "", "recipe.steps[0].atLeast is missing"),
    (#""from": [8]"#, #""from": [9]"#, "recipe.steps[0].labels[0].from names 9, which its input"),
    (#""from": "foreground""#, #""from": "all""#, "recipe.steps[0].labels[1].from is neither"),
    (
      #""from": [8], "to": 1"#, #""from": [8], "to": 0"#, "recipe.steps[0].labels[0].to is no label"
    ),
    (#""from": [8], "#, #""from": [8], "as": 1, "#, "recipe.steps[0].labels[0].as is not known"),
    (#""name": "few""#, #""name": "other""#, "recipe.steps[2].name 'other' is there twice"),
    (
      #""of": "other""#, #""of": "result""#,
      "recipe.steps[2].of is 'result', which is no step before"
    ),
    (#""count": 2"#, #""count": 0"#, "recipe.steps[3].count is 0"),
    (#""secondAbove": 0.2"#, #""secondAbove": 1"#, "recipe.steps[3].secondAbove is not from 0"),
    (#""connectivity": "all""#, #""connectivity": "6""#, "recipe.steps[3].connectivity is '6'"),
    (#""labels": [1, 2]"#, #""labels": [3]"#, "recipe.steps[4].labels names 3, which its input"),
    (#""over": "large""#, #""on": "large""#, "recipe.steps[5].on is not known here"),
    (#""below": 3"#, #""below": 0"#, "recipe.steps[6].below is not above 0"),
    ("mm in plane", "cm", "recipe.steps[6].measure is 'cm'"),
    (#""channel": 0"#, #""channel": 1"#, "recipe.steps[8].channel is 1, which the entry's inputs"),
    (#""margin": 2.5"#, #""margin": -1"#, "recipe.steps[7].margin is below 0"),
    (#""to": 3"#, #""to": 5"#, "recipe.steps[6].labels names 3, which its input does not hold"),
    (#""to": 1, "connectivity""#, #""to": 9, "connectivity""#, "recipe.steps gives 9, which the"),
    (#""of": "plain""#, #""of": "inside""#, "recipe.steps has 'plain', which no later step uses"),
  ])
  func saysWhatIsWrongAndWhere(right: String, wrong: String, message: String) throws {
    let range = try #require(Self.recipe.firstRange(of: right), "the case must change something")
    let text = Self.recipe[..<range.lowerBound] + wrong + Self.recipe[range.upperBound...]
    let error = #expect(throws: NNXError.self) { try Self.card(String(text)) }
    #expect(error?.code == .invalidRegistry)
    #expect(error?.message.hasPrefix("models[0].\(message)") == true, "\(error?.message ?? "")")
  }
}
