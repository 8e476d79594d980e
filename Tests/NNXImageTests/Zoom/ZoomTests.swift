import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// Volumes as `scipy.ndimage.zoom` makes them, to the last bit: Scripts/make-fixtures/zoom.py.
@Suite struct ZoomTests {
  struct Sample: CustomTestStringConvertible, Sendable {
    let facts: OrderedJSON

    var testDescription: String {
      "\(shape) to \(to), order \(order), \(edge)" + (constant == nil ? "" : ", air")
    }
    /// `(z, y, x)`.
    var shape: [Int] { extents("shape") }
    var to: [Int] { extents("to") }
    var order: Int { facts["order"]?.int ?? -1 }
    var edge: ZoomEdge { facts["mode"]?.string == "nearest" ? .nearest : .constant }
    var constant: Int? { facts["constant"]?.int }
    var result: [Double] { facts["result"]?.array?.compactMap(\.double) ?? [] }

    var values: [Int] {
      (0..<shape.reduce(1, *)).map { constant ?? $0 * 7919 % 4001 - 1500 }
    }

    private func extents(_ key: String) -> [Int] {
      (facts[key]?.array?.compactMap(\.int) ?? []).reversed()
    }

    func zoom(threads: Int) -> Zoom {
      let source = ZoomSource(Tensor(shape, values.map { Float($0) }))
      return Zoom(source, to: to, order: order, edge, threads: Threads(threads))
    }
  }

  static let samples: [Sample] = {
    let json = try? OrderedJSON(contentsOf: Fixtures.folder + "/image/zoom.json")
    return (json?["cases"]?.array ?? []).map(Sample.init)
  }()

  @Test(arguments: samples.filter { $0.order > 0 && $0.constant == nil })
  func everyBitIsSciPys(_ sample: Sample) {
    let own = sample.zoom(threads: 2).doubles()
    #expect(own.count == sample.result.count && !own.isEmpty)
    #expect(zip(own, sample.result).count { $0 != $1 } == 0)
    let integers = sample.zoom(threads: 1).integers().values
    #expect(integers == sample.result.map { Float($0.rounded(.towardZero)) })
  }

  /// Weights of linear interpolation do not add up to 1, and truncation makes -1023 of many voxels of air.
  @Test(arguments: samples.filter { $0.constant != nil })
  func airIsNotAirEverywhere(_ sample: Sample) {
    var counts: [String: Int] = [:]
    for value in sample.zoom(threads: 2).integers().values {
      counts["\(Int(value))", default: 0] += 1
    }
    let expected = sample.facts["integers"]?.members?.map { ($0.key, $0.value.int ?? 0) } ?? []
    #expect(counts == Dictionary(uniqueKeysWithValues: expected))
    #expect(counts["-1023", default: 0] > 0)
  }

  @Test(arguments: samples.filter { $0.order == 0 })
  func labelsAreTheNearest(_ sample: Sample) {
    let map = LabelMap(sample.shape, sample.values.map { (($0 % 251) + 251) % 251 })
    let own = map.zoomed(to: sample.to, sample.edge, threads: .all)
    #expect(own.labels == sample.result.map { Int($0) })
  }

  /// The trap of TotalSegmentator before 2.8: the last place may lie beyond the last plane, and is 0 then.
  @Test func theLastPlaneIsLostWithConstantEdges() throws {
    let sample = try #require(
      Self.samples.first { $0.shape == [28, 1, 2] && $0.order == 3 && $0.edge == .constant })
    #expect(sample.zoom(threads: 1).integers().values.suffix(2) == [0, 0])
    let nearest = try #require(
      Self.samples.first { $0.shape == [28, 1, 2] && $0.order == 3 && $0.edge == .nearest })
    #expect(nearest.zoom(threads: 1).integers().values.suffix(2) != [0, 0])
  }

  /// Voxels that float32 rounds are interpolated as they are.
  @Test func doublesAreTakenWhereThereAreSome() {
    let exact = Buffer([0.1, 16_777_217.0, -3.7, 1e-9])
    let floats = Tensor([1, 2, 2], (0..<4).map { Float(exact.base[$0]) })
    let zoom = Zoom(
      ZoomSource(floats, exact: exact), to: [1, 2, 2], order: 1, .nearest, threads: Threads(1))
    #expect(zoom.doubles() == [0.1, 16_777_217.0, -3.7, 1e-9])
    #expect(zoom.integers().values == [0, 16_777_216, -3, 0])
  }

  @Test func truncationIsThatOfNumPy() {
    let numbers: [(Double, Double)] = [
      (0.5, 0), (-0.5, 0), (1.9999999999999998, 1), (-1023.9999999999999, -1023), (2.5, 2), (3, 3),
      (-2_147_483_648.5, -2_147_483_648), (2_147_483_647.5, 2_147_483_647),
      (2_147_483_648, -2_147_483_648), (.nan, -2_147_483_648), (.infinity, -2_147_483_648),
    ]
    for (number, expected) in numbers { #expect(truncatedToInt32(number) == expected) }
  }
}
