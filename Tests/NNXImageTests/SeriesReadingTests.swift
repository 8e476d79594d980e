import NNXDICOM
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// Series of the reference (`Scripts/dicom-fixtures`), against what dcm2niix 1.0.20260724 and SimpleITK 2.5.7 make of them.
@Suite struct SeriesReadingTests {
  static let folder = Fixtures.folder + "/dicom"
  static let expected = try? OrderedJSON(contentsOf: folder + "/expected.json")

  private func digest(_ voxels: Tensor) -> String {
    Digest.sha256(voxels.values.withUnsafeBytes { Array($0) })
  }

  @Test(arguments: [
    "odd_size", "coronal_3d", "oblique_3d", "enhanced_mr", "ts_j2k_signed", "ts_jpegls_near",
    "ts_jpeg57", "pet_slope", "signed12",
  ])
  func `a series is read as dcm2niix writes it, bit by bit`(name: String) throws {
    let expected = try #require(Self.expected?[name]?["dcm2niix"]?.array?.first)
    let image = try readImage("\(Self.folder)/\(name)")
    #expect(image.geometry.shape.reversed() == expected["shape"]?.array?.compactMap(\.int))
    #expect(digest(image.voxels) == expected["sha256"]?.string)
    let rows = expected["rows"]?.array?.map { $0.array?.compactMap(\.double) ?? [] }
    #expect(image.header.nifti?.rows == rows)
  }

  /// The place of `_Tilt` is another: dcm2niix's is 10 mm from its own slices.
  @Test(arguments: [("tilt", SliceStack.Allowance.tilt), ("uneven", .uneven)])
  func `what is allowed is what dcm2niix makes of it`(
    name: String, allowance: SliceStack.Allowance
  ) throws {
    let expected = try #require(Self.expected?[name]?["dcm2niix"]?.array?.last)
    #expect(throws: NNXError.self) { try readImage("\(Self.folder)/\(name)") }
    let image = try readImage(
      "\(Self.folder)/\(name)", series: SeriesReading(allowed: [allowance]))
    #expect(image.geometry.shape.reversed() == expected["shape"]?.array?.compactMap(\.int))
    #expect(digest(image.voxels) == expected["sha256"]?.string)
    let rows = expected["rows"]?.array?.map { $0.array?.compactMap(\.double) ?? [] }
    if allowance == .uneven { #expect(image.header.nifti?.rows == rows) }
  }

  @Test(arguments: [
    "odd_size", "coronal_3d", "oblique_3d", "ts_j2k_signed", "pet_slope", "signed12",
  ])
  func `a series in its own order is read as SimpleITK reads it`(name: String) throws {
    let expected = try #require(Self.expected?[name]?["sitk"])
    let image = try readImage("\(Self.folder)/\(name)", series: SeriesReading(.dicom))
    func numbers(_ key: String) -> [Double] { expected[key]?.array?.compactMap(\.double) ?? [] }
    #expect(image.geometry.shape.reversed().map(Double.init) == numbers("shape"))
    #expect(digest(image.voxels) == expected["sha256"]?.string)
    func isClose(_ a: [Double], _ b: [Double]) -> Bool {
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
    }
    #expect(isClose(image.geometry.fileSpacing, numbers("spacing")))
    #expect(isClose(image.geometry.origin, numbers("origin")))
    #expect(isClose(image.geometry.direction, numbers("direction")))
  }

  @Test(arguments: [1, 2])
  func `echoes of one series are chosen by number`(number: Int) throws {
    let error = #expect(throws: NNXError.self) { try readImage("\(Self.folder)/multi_echo") }
    #expect(error?.code == .series)
    #expect(error?.details.count == 2)
    #expect(error?.details.first?.contains("EchoTime 2") == true)
    let scan = try DICOMScan("\(Self.folder)/multi_echo")
    let image = try readImage("\(Self.folder)/multi_echo#\(scan.series[0].uid)#\(number)")
    let expected = try #require(Self.expected?["multi_echo"]?["dcm2niix"]?.array?[number - 1])
    #expect(digest(image.voxels) == expected["sha256"]?.string)
  }

  @Test(arguments: [".nii", ".nii.gz", ".nrrd", ".mha"])
  func `what is converted is read again`(ending: String) throws {
    let folder = try TemporaryFolder()
    for (name, isWhole) in [("odd_size", true), ("pet_slope", false)] {
      let image = try readImage("\(Self.folder)/\(name)")
      let path = "\(folder.path)/\(name)\(ending)"
      try writeImage(image, to: path)
      let again = try readImage(path)
      #expect(digest(again.voxels) == digest(image.voxels))
      #expect(again.geometry.shape == image.geometry.shape)
      #expect(again.geometry.hasPlace(of: image.geometry))
      #expect(isWhole == (StoredIntensities(image.voxels).type != .float32))
      #expect(isWhole == (image.bounds != nil))
    }
  }

  /// Slice after slice, the files have the bytes that those of a whole array have. Of 16 stored bits the values tell
  /// the type.
  @Test(arguments: [".nii", ".nii.gz", ".nrrd", ".mha"], SeriesReading.Order.allCases)
  func `a series is converted without an array of it`(
    ending: String, order: SeriesReading.Order
  ) throws {
    let folder = try TemporaryFolder()
    for (name, isStreamed) in [
      ("odd_size", true), ("signed12", true), ("pet_slope", false), ("coronal_3d", false),
    ] {
      let (series, own) = ("\(Self.folder)/\(name)", "\(folder.path)/\(name)-own\(ending)")
      let grid = try writeSeries(series, SeriesReading(order), to: own, description: "x")
      #expect((grid != nil) == isStreamed)
      guard let grid else { continue }
      let image = try readImage(series, series: SeriesReading(order))
      #expect(grid == image.geometry)
      let whole = "\(folder.path)/\(name)\(ending)"
      try writeImage(image, to: whole, description: "x")
      #expect(bytes(of: own) == bytes(of: whole))
    }
  }

  @Test func `labels in dcm2niix's order are put on the scanner's grid`() throws {
    let path = "\(Self.folder)/coronal_3d"
    let (turned, own) = (
      try readImage(path), try readImage(path, series: SeriesReading(.dicom))
    )
    func labels(_ image: Image) -> Segmentation {
      let map = LabelMap(image.geometry.shape, largestLabel: 9000)
      image.voxels.withSpan { span in for index in span.indices { map[index] = Int(span[index]) } }
      return Segmentation(labels: map, like: image)
    }
    let placed = labels(turned).placed(on: own.geometry, header: own.header)
    #expect(placed.labels.bytes == labels(own).labels.bytes)
  }
}
