import NNXImage
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXReport

/// Volumes under the right names, worked out by hand.
@Suite struct RegionNumbersTests {
  /// A row of 20 voxels of 10 x 10 x 10 mm, 1 ml each: 4 of 1, 3 of 2, 2 of 3, then 2 of 1 apart.
  static func segmentation(_ values: [Int]? = nil, table: LabelTable = brain) -> Segmentation {
    let values = values ?? [0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    let geometry = Geometry(
      shape: [1, 1, 20], spacing: [10, 10, 10], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    var result = Segmentation(
      labels: LabelMap([1, 1, 20], values), geometry: geometry, header: .picture(axes: 3))
    result.table = table
    return result
  }

  static let brain = LabelTable(
    [
      .init(value: 1, name: "whole without core"), .init(value: 2, name: "core without enh"),
      .init(value: 3, name: "enh"),
    ],
    regions: [
      .init(name: "whole", values: [1, 2, 3]), .init(name: "core", values: [2, 3]),
      .init(name: "enh", values: [3]),
    ])

  @Test func theVolumeOfARegionIsThatOfItsValues() throws {
    let found = try LabelStatistics.measure(Self.segmentation())
    #expect(
      found.map(\.name) == ["whole", "core", "enh", "whole without core", "core without enh"])
    #expect(found.map(\.volume) == [11, 5, 2, 6, 3])
    // 1, 2 and 3 touch each other; two voxels of 1 lie apart.
    #expect(found.map(\.components) == [2, 1, 1, 2, 1])
    #expect(found[0].largestFraction == 9.0 / 11)
    // LPS: the mean of x = 1...9, 12 and 13 is 70 / 11, times 10 mm to the left.
    #expect(abs((found[0].centroid?[0] ?? 0) + 700.0 / 11) < 1e-9)
    #expect(found[0].row("s")[1] == "1+2+3" && found[3].row("s").contains("part"))
    #expect(found[0].json["value"] == .null && found[2].json["value"]?.int == 3)
    #expect(found[0].json["values"]?.array?.compactMap(\.int) == [1, 2, 3])
  }

  @Test func regionsAreComparedByTheirUnion() throws {
    let truth = Self.segmentation([0, 1, 1, 2, 2, 2, 2, 3, 3, 3] + [Int](repeating: 0, count: 10))
    let pairs = try LabelPairing(Self.brain, Self.brain).pairs
    let found = try Agreement.compare(Self.segmentation(), truth, pairs: pairs, tolerance: 1)
    // whole: 11 and 9 voxels, 9 in both; core: 5 and 7, 5 in both.
    #expect(found.map(\.name).prefix(2) == ["whole", "core"])
    #expect(found[0].dice == 2 * 9.0 / 20 && found[1].dice == 2 * 5.0 / 12)
    #expect(found[1].surface?.hd95 != nil)
  }

  /// NumPy 2: values 0 to 999, 444 NaN and 777 infinite; mean, std and percentile of the others.
  @Test func voxelsThatAreNoNumbersAreLeftOut() throws {
    var values = (0..<1000).map { Float(($0 * 387) % 1000) }
    for index in values.indices {
      if values[index] == 444 { values[index] = .nan }
      if values[index] == 777 { values[index] = .infinity }
    }
    let geometry = Geometry(
      shape: [10, 10, 10], spacing: [1, 1, 1], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let image = Image(
      voxels: Tensor([10, 10, 10], values), geometry: geometry, header: .picture(axes: 3))
    var ones = Segmentation(
      labels: LabelMap([10, 10, 10], [Int](repeating: 1, count: 1000)), like: image)
    ones.table = LabelTable().covering([1])
    let own = try #require(try LabelStatistics.measure(ones, image: image).first)
    let intensity = try #require(own.intensity)
    #expect(own.notFinite == 2 && own.voxels == 1000)
    #expect(abs(intensity.mean - 499.2775551102204) < 1e-9)
    #expect(abs(intensity.deviation - 288.8251270670283) < 1e-9)
    #expect(abs(intensity.p05 - 49.85) < 1e-9 && abs(intensity.p95 - 949.15) < 1e-9)
    #expect(intensity.median == 499.5)
  }

  /// 64,000 labels of one voxel: minutes, where each of them goes over the whole map.
  @Test func thousandsOfLabelsTakeOnePass() throws {
    let shape = [40, 40, 40]
    let geometry = Geometry(
      shape: shape, spacing: [1, 1, 1], origin: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    var many = Segmentation(
      labels: LabelMap(shape, (0..<64000).map { $0 + 1 }), geometry: geometry,
      header: .picture(axes: 3))
    many.table = LabelTable().covering(1...64000)
    let clock = ContinuousClock()
    let time = try clock.measure {
      #expect(try LabelStatistics.measure(many).allSatisfy { $0.components == 1 })
      let pairs = try LabelPairing(many.table, many.table).pairs
      let same = try Agreement.compare(many, many, pairs: pairs, tolerance: 1)
      #expect(same.count == 64000 && same.allSatisfy { $0.dice == 1 && $0.surface?.hd95 == 0 })
    }
    #expect(time < .seconds(20))
  }
}
