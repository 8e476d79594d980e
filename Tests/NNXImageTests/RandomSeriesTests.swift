import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Series drawn by their numbers (`Scripts/random/series`), against what dcm2niix 1.0.20260724 and SimpleITK 2.5.7 make
/// of them: slices counted up, down and in no order, tiny differences between stated and real distances, scales of each
/// slice, Philips' scale.
@Suite struct RandomSeriesTests {
  static let folder = Fixtures.folder + "/dicom-random"
  static let expected = try? OrderedJSON(contentsOf: folder + "/expected.json")
  static let names = expected?.members?.map(\.key) ?? []

  @Test func `there are some`() { #expect(Self.names.count == 8) }

  @Test(arguments: names, ["dcm2niix", "dicom"])
  func `a series is what the tool of its order makes of it, to the last bit`(
    name: String, order: String
  ) throws {
    let expected = try #require(Self.expected?[name]?[order])
    let own = try #require(SeriesReading.Order(rawValue: order))
    let image = try readImage("\(Self.folder)/\(name)", series: SeriesReading(own))
    #expect(image.geometry.shape.reversed() == expected["shape"]?.array?.compactMap(\.int))
    let bytes = image.voxels.values.withUnsafeBytes { Array($0) }
    #expect(Digest.sha256(bytes) == expected["sha256"]?.string)
    let header = try #require(image.header.nifti)
    #expect(header.pixdim[1...3].map(\.self) == expected["spacing"]?.array?.compactMap(\.double))
    let rows = expected["rows"]?.array?.map { $0.array?.compactMap(\.double) ?? [] }
    #expect(header.rows == rows)
  }
}
