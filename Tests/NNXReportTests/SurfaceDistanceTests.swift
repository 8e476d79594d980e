import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXReport

/// Numbers of segmentationmetrics 1.2.0, see Scripts/make-fixtures/surface_distances.py.
@Suite struct SurfaceDistanceTests {
  static let fixture = try? OrderedJSON(
    contentsOf: Fixtures.folder + "/report/surface-distances.json")

  private static func numbers(_ json: OrderedJSON?) -> [Double] {
    json?.array?.compactMap(\.double) ?? []
  }

  @Test func areasAreThoseOfAll256Cubes() throws {
    let expected = Self.numbers(Self.fixture?["areas"])
    let own = SurfaceElements(spacing: Self.numbers(Self.fixture?["spacing"])).areas
    try #require(expected.count == 256 && own.count == 256)
    for code in 0..<256 { #expect(abs(own[code] - expected[code]) < 1e-12, "code \(code)") }
  }

  /// Five voxels of NIfTI's 0.4 mm are 2.00000003 mm in double; MONAI 1.5.1, too, says 1 of 2 mm.
  @Test func toleranceHoldsWhatFloat32TellsNoFarther() throws {
    func voxel(_ place: Int) -> Segmentation {
      var labels = [Int](repeating: 0, count: 8)
      labels[place] = 1
      return Segmentation(
        labels: LabelMap([1, 1, 8], labels),
        geometry: Geometry(
          shape: [1, 1, 8], spacing: [1, 1, Double(Float(0.4))], origin: [0, 0, 0],
          direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    }
    let pair = [LabelPair(.init(name: "a", values: [1]), first: [1], second: [1])]
    for (tolerance, dice) in [(2, 1.0), (1.9999, 0)] {
      let found = try Agreement.compare(voxel(1), voxel(6), pairs: pair, tolerance: tolerance)[0]
      #expect(found.surface?.dice == dice)
    }
  }

  @Test func distancesAreThePublishersOfEachPair() throws {
    let pairs = try #require(Self.fixture?["pairs"]?.array)
    #expect(pairs.count == 4)
    for pair in pairs {
      let shape = pair["shape"]?.array?.compactMap(\.int) ?? []
      func segmentation(_ key: String) -> Segmentation {
        var (labels, value): ([Int], Int) = ([], 0)
        for run in pair[key]?.array?.compactMap(\.int) ?? [] {
          labels += .init(repeating: value, count: run)
          value = 1 - value
        }
        return Segmentation(
          labels: LabelMap(shape, labels),
          geometry: Geometry(
            shape: shape, spacing: Self.numbers(pair["spacing"]), origin: [0, 0, 0],
            direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
      }
      let found = try Agreement.compare(
        segmentation("first"), segmentation("second"),
        pairs: [.init(.init(name: "a", values: [1]), first: [1], second: [1])],
        tolerance: pair["tolerance"]?.double, surfaces: .areaWeighted)[0]
      let surface = try #require(found.surface)
      for (own, key) in [
        (found.dice, "dice"), (surface.hd95, "hd95"), (surface.average, "average"),
        (surface.dice, "surface"),
      ] {
        let expected = try #require(pair[key]?.double)
        #expect(abs((own ?? -1) - expected) < 1e-9, "\(pair["name"]?.string ?? "") \(key)")
      }
    }
  }
}
