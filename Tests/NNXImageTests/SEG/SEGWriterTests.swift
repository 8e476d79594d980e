import NNXDICOM
import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

@Suite struct SEGWriterTests {
  /// 7 slices of 13 rows and 11 columns: frames do not begin at bytes.
  private static let series = Fixtures.folder + "/dicom/odd_size"
  private let algorithm = SEGAlgorithm(
    name: "test-model", version: "1.2", source: "10.5281/zenodo.1", parameters: "folds 0")

  private func labels(_ shape: [Int], _ values: [Int]) -> LabelMap {
    let count = shape.reduce(1, *)
    return LabelMap(
      shape,
      (0..<count).map { index in
        let random = (index &* 2_654_435_761) >> 7 & 1023
        return random < 400 ? values[random % values.count] : 0
      })
  }

  private let table = LabelTable([
    .init(value: 1, name: "Liver"), .init(value: 2, name: "Spleen, left\\right"),
    .init(value: 5, name: "never there"),
  ])

  @Test(arguments: SEGKind.allCases)
  func whatIsWrittenIsRead(_ kind: SEGKind) throws {
    let folder = try TemporaryFolder()
    let source = try SEGSource(Self.series)
    let map = labels(source.geometry.shape, [1, 2])
    let path = folder.path + "/a.dcm"
    let writer = SEGWriter(source, by: algorithm, kind: kind)
    try writer.write(map, table, to: path)
    let read = try readSegmentation(path)
    let placed = read.placed(on: source.geometry, header: read.header)
    #expect(placed.labels.labels == map.labels)
    #expect(read.table.entries.map(\.name).dropFirst(0).contains("Liver"))
    #expect(read.table[1]?.terms.first { $0.role == "type" }?.value == "10200004")
    #expect(try SEGFile(path).referencedSeries == [source.seriesUID])
    // The same run gives the same bytes.
    try writer.write(map, table, to: folder.path + "/b.dcm")
    #expect(bytes(of: path) == bytes(of: folder.path + "/b.dcm"))
    #expect(SEGOrigin.author(path) == .nnx)
  }

  @Test func labelsInAnotherOrderLandOnTheSeries() throws {
    let folder = try TemporaryFolder()
    let source = try SEGSource(Self.series)
    let map = labels(source.geometry.shape, [1])
    var own = Segmentation(
      labels: map, geometry: source.geometry, header: .meta(MetaHeader(source.geometry, axes: 3)))
    own.table = table
    let (grid, header) = try readPlace(Self.series, series: SeriesReading(.dcm2niix))
    #expect(grid != source.geometry)
    var turned = own.placed(on: grid, header: header)
    turned.origin = SEGOrigin(series: Self.series, algorithm: algorithm)
    try writeSegmentation(turned, to: folder.path + "/a.dcm")
    let read = try readSegmentation(folder.path + "/a.dcm")
    #expect(read.placed(on: source.geometry, header: header).labels.labels == map.labels)
  }

  @Test func emptyResultsAreValid() throws {
    let folder = try TemporaryFolder()
    let source = try SEGSource(Self.series)
    let path = folder.path + "/a.dcm"
    try SEGWriter(source, by: algorithm).write(
      LabelMap(source.geometry.shape, largestLabel: 0), table, to: path)
    let file = try SEGFile(path)
    #expect(file.segments.map(\.number) == [1, 2, 3])
    #expect(file.owners.count == source.geometry.shape[0])
    #expect(try file.segmentation().labels.histogram == [source.geometry.count])
  }

  @Test func nothingOfTheScannerIsCopied() throws {
    let folder = try TemporaryFolder()
    let source = try SEGSource(Self.series)
    let path = folder.path + "/a.dcm"
    try SEGWriter(source, by: algorithm).write(
      LabelMap(source.geometry.shape, largestLabel: 0), table, to: path)
    let data = try DICOMObject(path).dataset
    #expect(data.text(SEGTag.manufacturer) == "nnx")
    for tag: UInt32 in [0x0008_0080, 0x0008_0081, 0x0008_1010, 0x0008_1040, 0x0018_1030] {
      #expect(data.text(DICOMTag(tag)) == nil)
    }
    #expect(data.text(DICOMTag.studyInstance) == source.header.text(DICOMTag.studyInstance))
    let identification = data.items(SEGTag.segments)[0].item(SEGTag.algorithm)
    #expect(identification?.text(SEGTag.algorithmVersion) == "1.2")
    #expect(identification?.text(SEGTag.algorithmSource) == "10.5281/zenodo.1")
  }

  @Test func labelsWithoutASeriesAreRefused() throws {
    let folder = try TemporaryFolder()
    let segmentation = try readSegmentation(Fixtures.folder + "/seg/hd_binary/labels.nii.gz")
    let error = #expect(throws: NNXError.self) {
      try writeSegmentation(segmentation, to: folder.path + "/a.dcm")
    }
    #expect(error?.code == .unsupportedImage)
    #expect(try Folder.entries(folder.path) == [])
  }

  @Test func numbersFitTheirKind() {
    for value in [0.0, -1, 3.2697, 1.0 / 3, -123.456_789_012_345, 1e-5, 98765.432_109_876_5] {
      let text = SEGText.decimal(value)
      #expect(text.utf8.count <= 16)
      #expect(abs((Double(text) ?? .nan) - value) <= 1e-8 * max(1, abs(value)))
    }
    #expect(DICOMUID.of(["a"]) == DICOMUID.of(["a"]) && DICOMUID.of(["a"]) != DICOMUID.of(["b"]))
    #expect(DICOMUID.of(["a"]).utf8.count <= 64)
  }
}
