import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// GIPL files: written as they were read, and refused when they are wrong. What is read from them stands
/// in FormatsReadingTests.
@Suite struct GIPLTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/a.gipl"
  }

  private func segmentation(_ direction: [Double], wide: Bool = false) -> Segmentation {
    Segmentation(
      labels: LabelMap([2, 3, 4], (0..<24).map { wide ? $0 * 20 : $0 }),
      geometry: Geometry(
        shape: [2, 3, 4], spacing: [2.5, 0.75, 0.5], origin: [-120.5, 33.25, 1e7 / 3],
        direction: direction), header: .picture(axes: 3))
  }

  private static let straight: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]

  @Test(arguments: [false, true]) func labelsAndPlaceComeBack(wide: Bool) throws {
    let item = segmentation(Self.straight, wide: wide)
    try writeSegmentation(item, to: path)
    let first = try readSegmentation(path)
    #expect(first.geometry == item.geometry)
    #expect(first.labels.labels == item.labels.labels)
    let again = folder.path + "/b.gipl"
    try writeSegmentation(first, to: again)
    let bytes = try MappedFile(again).withBytes { $0.copy(0..<$0.byteCount) }
    #expect(bytes == (try MappedFile(path).withBytes { $0.copy(0..<$0.byteCount) }))
    let nifti = folder.path + "/b.nii"
    try writeSegmentation(first, to: nifti)
    #expect(try readSegmentation(nifti).labels.labels == item.labels.labels)
  }

  @Test func directionsThatItCannotHoldAreRefused() {
    let error = #expect(throws: NNXError.self) {
      try writeSegmentation(segmentation([-1, 0, 0, 0, -1, 0, 0, 0, 1]), to: path)
    }
    #expect(error?.code.name == "unsupported-image")
  }

  /// Offset, byte, code of the error.
  @Test(arguments: [
    (252, 1, "broken-image"), (0, 200, "broken-image"), (1, 0, "broken-image"),
    (1, 3, "broken-image"), (7, 2, "unsupported-image"), (9, 144, "unsupported-image"),
    (10, 0xBF, "broken-image"), (204, 0x7F, "broken-image"),
  ]) func wrongHeadersAreRefused(offset: Int, byte: UInt8, code: String) throws {
    try writeSegmentation(segmentation(Self.straight), to: path)
    var bytes = try MappedFile(path).withBytes { $0.copy(0..<$0.byteCount) }
    if offset == 204 { bytes[205] = 0xF0 }
    bytes[offset] = byte
    try folder.write("c.gipl", bytes)
    let error = #expect(throws: NNXError.self) { try readImage(folder.path + "/c.gipl") }
    #expect(error?.code.name == code, "\(offset)")
  }

  @Test(arguments: [0, 100, 256, 279]) func cutOffFilesAreRefused(count: Int) throws {
    try writeSegmentation(segmentation(Self.straight), to: path)
    let bytes = try MappedFile(path).withBytes { $0.copy(0..<$0.byteCount) }
    #expect(bytes.count == 280)
    try folder.write("c.gipl", Array(bytes.prefix(count)))
    let error = #expect(throws: NNXError.self) { try readImage(folder.path + "/c.gipl") }
    #expect(error?.code.name == "broken-image")
  }
}
