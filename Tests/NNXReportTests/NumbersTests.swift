import NNXImage
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXReport

/// Numbers of NumPy, SciPy, MedPy and MONAI, see Scripts/make-fixtures/report_numbers.py.
@Suite struct NumbersTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let json: OrderedJSON
    let geometry: Geometry

    init(_ json: OrderedJSON) {
      self.json = json
      testDescription = json["name"]?.string ?? ""
      func numbers(_ key: String) -> [Double] { json[key]?.array?.compactMap(\.double) ?? [] }
      geometry = Geometry(
        shape: json["shape"]?.array?.compactMap(\.int) ?? [], spacing: numbers("spacing"),
        origin: numbers("origin"), direction: numbers("direction"))
    }

    func segmentation(_ key: String) -> Segmentation {
      let values = json[key]?.array?.compactMap(\.int) ?? []
      var result = Segmentation(
        labels: LabelMap(geometry.shape, values), geometry: geometry, header: .picture(axes: 3))
      result.table = LabelTable().covering(Set(values).subtracting([0]))
      return result
    }

    var image: Image {
      let bits = json["image"]?.array?.compactMap(\.int) ?? []
      return Image(
        voxels: Tensor(geometry.shape, bits.map { Float(bitPattern: UInt32($0)) }),
        geometry: geometry, header: .picture(axes: 3))
    }
  }

  static let cases: [Case] = {
    let path = Fixtures.folder + "/report/numbers.json"
    return ((try? OrderedJSON(contentsOf: path).array) ?? []).map(Case.init)
  }()

  @Test func fixtureIsThere() { #expect(Self.cases.count == 3) }

  @Test(arguments: cases)
  func statisticsAreThoseOfNumPy(_ item: Case) throws {
    let expected = try #require(item.json["statistics"]?.array)
    let found = try LabelStatistics.measure(item.segmentation("a"), image: item.image)
    #expect(found.count == expected.count)
    for (own, other) in zip(found, expected) {
      #expect(own.value == other["value"]?.int)
      #expect(own.voxels == other["voxels"]?.int)
      #expect(own.components == other["components"]?.int)
      #expect(own.touches == other["touches"]?.array?.compactMap(\.string))
      let intensity = try #require(own.intensity)
      let numbers = [
        ("ml", own.volume), ("mean", intensity.mean), ("sd", intensity.deviation),
        ("p05", intensity.p05), ("median", intensity.median), ("p95", intensity.p95),
        ("largest", own.largestFraction),
      ]
      for (key, number) in numbers { expectClose(number, other[key]?.double, key) }
      expectClose(own.centroid ?? [], other["centroid"], "centroid")
      for side in 0..<2 {
        expectClose(own.box?[side] ?? [], other["box"]?.array?[side], "box")
      }
    }
  }

  @Test(arguments: cases)
  func agreementIsThatOfMedPyAndMONAI(_ item: Case) throws {
    let (a, b) = (item.segmentation("a"), item.segmentation("b"))
    let tolerance = try #require(item.json["tolerance"]?.double)
    let expected = try #require(item.json["agreement"]?.array)
    let found = try Agreement.compare(
      a, b, pairs: try LabelPairing(a.table, a.table).pairs, tolerance: tolerance)
    #expect(found.count == expected.count)
    for (own, other) in zip(found, expected) {
      #expect(
        [own.both, own.onlyFirst, own.onlySecond]
          == ["both", "only_a", "only_b"].map { other[$0]?.int })
      expectClose(own.dice ?? .nan, other["dice"]?.double, "dice")
      #expect(own.both + own.onlyFirst + own.onlySecond + own.neither == item.geometry.count)
      guard let surface = own.surface else {
        #expect(other["hd95"]?.double == nil)
        continue
      }
      expectClose(surface.hd95, other["hd95"]?.double, "hd95")
      expectClose(surface.average, other["assd"]?.double, "assd")
      // MONAI computes this one in float32.
      expectClose(surface.dice, other["surface_dice"]?.double, "surface dice", within: 1e-6)
    }
  }

  @Test func aSegmentationAgreesWithItself() throws {
    let own = Self.cases[0].segmentation("a")
    for label in try Agreement.compare(
      own, own, pairs: try LabelPairing(own.table, own.table).pairs, tolerance: 0)
    {
      #expect(label.dice == 1 && label.iou == 1 && label.volumeDifference == 0)
      #expect(label.surface?.hd95 == 0 && label.surface?.average == 0)
      #expect(label.surface?.dice == 1)
    }
  }

  @Test func otherGridsAreRefused() throws {
    let (first, second) = (Self.cases[0], Self.cases[1])
    let stats = #expect(throws: NNXError.self) {
      try LabelStatistics.measure(first.segmentation("a"), image: second.image)
    }
    #expect(stats?.code == .geometry)
    let diff = #expect(throws: NNXError.self) {
      try Agreement.compare(
        first.segmentation("a"), second.segmentation("a"), pairs: [], tolerance: 1)
    }
    #expect(diff?.code == .geometry)
  }

  @Test func aLabelWithoutVoxelsIsSaidToHaveNone() throws {
    var own = Self.cases[0].segmentation("a")
    own.table = own.table.covering([77])
    let last = try #require(try LabelStatistics.measure(own).last)
    #expect(last.value == 77 && last.voxels == 0 && last.volume == 0 && last.components == 0)
    #expect(last.centroid == nil && last.box == nil && last.intensity == nil)
    #expect(last.row("s").count == LabelStatistics.columns.count)
  }

  private func expectClose(
    _ number: Double, _ expected: Double?, _ what: String, within tolerance: Double = 1e-9
  ) {
    guard let expected else {
      Issue.record("\(what) has no expectation")
      return
    }
    #expect(abs(number - expected) <= tolerance * max(1, abs(expected)), "\(what)")
  }

  private func expectClose(_ numbers: [Double], _ expected: OrderedJSON?, _ what: String) {
    let expected = expected?.array?.compactMap(\.double) ?? []
    #expect(numbers.count == 3 && expected.count == 3, "\(what)")
    for (number, other) in zip(numbers, expected) { expectClose(number, other, what) }
  }
}
