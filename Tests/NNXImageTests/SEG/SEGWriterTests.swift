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

  /// In UTF-8 where ASCII is not enough; names that would be the same when cut stay two.
  @Test func namesStayWhatTheyAre() throws {
    let folder = try TemporaryFolder()
    let source = try SEGSource(Self.series)
    let long = String(repeating: "intrahepatic bile ducts ", count: 4)
    let names = ["肝", "Läsion", long + "left", long + "right"]
    let table = LabelTable(names.enumerated().map { .init(value: $0 + 1, name: $1) })
    let path = folder.path + "/a.dcm"
    try SEGWriter(source, by: algorithm).write(
      labels(source.geometry.shape, [1, 2, 3, 4]), table, to: path)
    let read = try readSegmentation(path).table.entries.map(\.name)
    #expect(Array(read.prefix(2)) == ["肝", "Läsion"])
    #expect(Set(read).count == 4 && read.allSatisfy { $0.unicodeScalars.count <= 64 }, "\(read)")
    #expect(read[2].hasSuffix(" 3") && read[3].hasSuffix(" 4"))
    let data = try DICOMObject(path).dataset
    #expect(data.text(SEGTag.characterSet) == "ISO_IR 192")
    #expect(data.text(DICOMTag.patientID) == source.header.text(DICOMTag.patientID))
    // ASCII needs no other set than the series'.
    let plain = LabelTable([.init(value: 1, name: "Liver")])
    try SEGWriter(source, by: algorithm).write(
      labels(source.geometry.shape, [1]), plain, to: folder.path + "/b.dcm")
    let own = try DICOMObject(folder.path + "/b.dcm").dataset.text(SEGTag.characterSet)
    #expect(own == source.header.text(SEGTag.characterSet))
  }

  /// Of 8 and 16 bits, in rows of long runs, of single voxels and of both.
  @Test(arguments: [[1, 2], [1, 256, 700]])
  func packedLabelMapsAreRead(_ values: [Int]) throws {
    let folder = try TemporaryFolder()
    let source = try SEGSource(Self.series)
    let map = labels(source.geometry.shape, values)
    for index in 143..<400 { map[index] = index < 290 ? values[0] : values[1] }
    let names = LabelTable(values.map { .init(value: $0, name: "organ \($0)") })
    let path = folder.path + "/a.dcm"
    try SEGWriter(source, by: algorithm, kind: .labelmap).write(map, names, to: path)
    let read = try readSegmentation(path)
    #expect(read.placed(on: source.geometry, header: read.header).labels.labels == map.labels)
    #expect(values.allSatisfy { read.table[$0]?.name == "organ \($0)" })
  }

  /// Runs longer than a packet, and others longer, against what a decoder of PS3.5, G.3 makes of them.
  @Test func runsArePackedRowByRow() {
    let row =
      [UInt16](repeating: 7, count: 300) + (0..<300).map { UInt16($0 * 257 & 0xFFFF) } + [9, 9, 8]
    let packed = RunLengths.pack(row + row, columns: row.count, isWide: true)
    #expect(packed.count % 2 == 0 && Array(packed[..<8]) == [2, 0, 0, 0, 64, 0, 0, 0])
    func number(_ place: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(packed[place + $1]) << (8 * $1) }
    }
    func unpacked(_ start: Int) -> [UInt8] {
      var (bytes, index) = ([UInt8](), start)
      var ends: Set<Int> = []
      while bytes.count < 2 * row.count {
        let count = Int(packed[index])
        if count < 128 {
          bytes += packed[index + 1...index + count + 1]
          index += count + 2
        } else {
          bytes += [UInt8](repeating: packed[index + 1], count: 257 - count)
          index += 2
        }
        ends.insert(bytes.count)
      }
      #expect(ends.contains(row.count))
      return bytes
    }
    #expect(unpacked(number(4)) == (row + row).map { UInt8($0 >> 8) })
    #expect(unpacked(number(8)) == (row + row).map { UInt8($0 & 255) })
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
