import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// What NumPy and SciPy make of the steps of recipes, see Scripts/make-fixtures/recipes.py.
struct RecipeCase: CustomTestStringConvertible, Sendable {
  let index: Int
  let kind: String
  let facts: OrderedJSON
  let inputs: [LabelMap]
  let expected: [Int]

  var testDescription: String { "\(index): \(facts.text())" }
  var labels: LabelSet { LabelSet(facts["labels"] ?? .null) }
  var changes: [LabelChange] {
    (facts["labels"]?.array ?? []).map {
      LabelChange(from: LabelSet($0["from"] ?? .null), to: $0["to"]?.int ?? 0)
    }
  }
  var connectivity: Connectivity { facts["connectivity"]?.string == "all" ? .all : .faces }
  var spacing: [Double] { facts["spacing"]?.array?.compactMap(\.double) ?? [] }

  func number(_ key: String) throws -> Double { try #require(facts[key]?.double) }

  static func all(_ kind: String) -> [RecipeCase] { cases.filter { $0.kind == kind } }

  static let cases: [RecipeCase] = {
    let folder = Fixtures.folder + "/image"
    guard let voxels = try? NPY.read(folder + "/recipes.npz", key: "voxels").values,
      let json = try? OrderedJSON(contentsOf: folder + "/recipes.json"),
      let shapes = json["shapes"]?.array?.map({ $0.array?.compactMap(\.int) ?? [] })
    else { return [] }
    var maps: [LabelMap] = []
    var start = 0
    for shape in shapes {
      let end = start + shape.reduce(1, *)
      maps.append(LabelMap(shape, voxels[start..<end].map { Int($0) }))
      start = end
    }
    return (json["cases"]?.array ?? []).enumerated().map { index, facts in
      RecipeCase(
        index: index, kind: facts["kind"]?.string ?? "", facts: facts,
        inputs: (facts["in"]?.array ?? []).compactMap(\.int).map { maps[$0] },
        expected: facts["out"]?.int.map { maps[$0].labels } ?? [])
    }
  }()
}

extension LabelSet {
  fileprivate init(_ json: OrderedJSON) {
    self = json.array.map { .values(Set($0.compactMap(\.int))) } ?? .foreground
  }
}

@Suite struct RecipeOperationsTests {
  @Test func allCasesAreThere() {
    let kinds = [
      "vote", "select", "keepLargest", "mask", "overlay", "relabelSmall", "crop", "clearMinimum",
    ]
    #expect(kinds.map { RecipeCase.all($0).count } == [36, 9, 120, 9, 3, 180, 27, 3])
    #expect(RecipeCase.cases.count == 387)
  }

  @Test(arguments: RecipeCase.all("vote"))
  func foldsVote(_ item: RecipeCase) throws {
    var votes = FoldVotes(item.inputs[0].shape, item.changes)
    for map in item.inputs { votes.add(map) }
    #expect(votes.labels(atLeast: try item.number("atLeast")).labels == item.expected)
  }

  @Test(arguments: RecipeCase.all("select"))
  func labelsAreSelected(_ item: RecipeCase) {
    #expect(item.inputs[0].selecting(item.changes).labels == item.expected)
  }

  @Test(arguments: RecipeCase.all("keepLargest"))
  func largestComponentsStay(_ item: RecipeCase) throws {
    let before = item.inputs[0].labels
    let rule = LabelMap.LargestRule(
      count: Int(try item.number("count")), minimumVoxels: Int(try item.number("minimumVoxels")),
      secondAbove: try item.number("secondAbove"), connectivity: item.connectivity)
    let each = try #require(item.facts["each"]).bool == true
    let result = item.inputs[0].keepingLargest(rule, of: item.labels, each: each)
    #expect(result.labels == item.expected)
    #expect(item.inputs[0].labels == before)
  }

  @Test(arguments: RecipeCase.all("mask"))
  func masks(_ item: RecipeCase) {
    #expect(item.inputs[0].masked(by: item.inputs[1], item.labels).labels == item.expected)
  }

  @Test(arguments: RecipeCase.all("overlay"))
  func overlays(_ item: RecipeCase) {
    #expect(item.inputs[0].overlaid(on: item.inputs[1]).labels == item.expected)
  }

  @Test(arguments: RecipeCase.all("relabelSmall"))
  func smallComponentsBecomeAnotherLabel(_ item: RecipeCase) throws {
    let result = item.inputs[0].relabellingSmall(
      of: item.labels, below: try item.number("below"),
      item.facts["measure"]?.string == "mm3" ? .volume : .inPlane,
      to: Int(try item.number("to")), item.connectivity, spacing: item.spacing)
    #expect(result.labels == item.expected)
  }

  @Test(arguments: RecipeCase.all("crop"))
  func crops(_ item: RecipeCase) throws {
    let result = item.inputs[0].clearedOutside(
      item.inputs[1], item.labels, margin: try item.number("margin"), spacing: item.spacing)
    #expect(result.labels == item.expected)
  }

  @Test(arguments: RecipeCase.all("clearMinimum"))
  func clearsWhereTheImageIsSmallest(_ item: RecipeCase) {
    let image = Tensor(item.inputs[1].shape, item.inputs[1].labels.map { Float($0) - 7 })
    let inside = LabelMap(aboveMinimumOf: image)
    #expect(item.inputs[0].masked(by: inside, .foreground).labels == item.expected)
  }

  @Test func wideLabelsSurvive() {
    let wide = LabelMap([1, 1, 4], [300, 0, 2, 2])
    let narrow = LabelMap([1, 1, 4], [1, 1, 0, 1])
    #expect(wide.overlaid(on: narrow).labels == [300, 1, 2, 2])
    #expect(narrow.overlaid(on: wide).labels == [1, 1, 2, 1])
    #expect(wide.masked(by: narrow, .foreground).labels == [300, 0, 0, 2])
    #expect(
      narrow.relabellingSmall(
        of: .foreground, below: 2, .volume, to: 400, .faces, spacing: [1, 1, 1]
      ).labels == [1, 1, 0, 400])
    #expect(
      wide.clearedOutside(narrow, .values([1]), margin: 0, spacing: [1, 1, 1]).labels
        == [300, 0, 2, 2])
    #expect(narrow.selecting([.init(from: .foreground, to: 1000)]).labels == [1000, 1000, 0, 1000])
  }

  @Test func nothingGivesNothing() {
    let empty = LabelMap([2, 2, 2], largestLabel: 3)
    let rule = LabelMap.LargestRule(count: 2, connectivity: .all)
    #expect(empty.keepingLargest(rule, of: .foreground).histogram == [8])
    #expect(
      FoldVotes([2, 2, 2], [.init(from: .foreground, to: 1)]).labels(atLeast: 0.6).histogram == [8])
  }
}
