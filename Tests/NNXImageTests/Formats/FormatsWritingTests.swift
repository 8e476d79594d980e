import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct FormatsWritingTests {
  let folder: TemporaryFolder
  static let cases = FormatsReadingTests.cases

  init() throws { folder = try TemporaryFolder() }

  /// A label map written in the image's own kind of file lies on its grid exactly, and its header has
  /// the image's lines.
  @Test(arguments: cases)
  func keepsThePlace(_ item: FormatCase) throws {
    let image = try readImage(item.write(to: folder))
    let labels = LabelMap(image.geometry.shape, (0..<24).map { $0 % 7 })
    let ending = ImageFormat.writtenEnding(forImage: item.files[0].name)
    let path = folder.path + "/out" + ending
    try writeSegmentation(Segmentation(labels: labels, like: image), to: path)
    let written = try readSegmentation(path)
    #expect(written.geometry == image.geometry)
    #expect(written.labels.labels == labels.labels)
    let text = String(decoding: try folder.read(path), as: UTF8.self)
    for line in linesOfPlace(item) { #expect(text.contains("\n" + line + "\n")) }
  }

  private func linesOfPlace(_ item: FormatCase) -> [String] {
    let starts = [
      "dimension", "space", "Space", "SPACE", "sizes", "axis", "kinds", "center", "thick",
      "measurement", "NDims", "DimSize", "TransformMatrix", "Rotation", "Offset", "ElementSpacing",
    ]
    return String(decoding: item.files[0].bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: true) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
      .filter { line in starts.contains { line.hasPrefix($0) } }
  }

  /// Each format to each other: the same array, the same place as far as float32 goes.
  @Test(arguments: ["nii.gz", "nii", "nrrd", "mha"], ["nii.gz", "nii", "nrrd", "mha"])
  func carriesThePlaceToAnotherFormat(from source: String, to target: String) throws {
    let turned = [0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, -1]
    let flipped: [Double] = [0, 0, -1, 1, 0, 0, 0, -1, 0]
    for direction in [turned, flipped, [1, 0, 0, 0, 1, 0, 0, 0, 1]] {
      let geometry = Geometry(
        shape: [2, 3, 4], spacing: [2.5, 0.75, 0.5], origin: [-120.5, 33.25, 1024],
        direction: direction)
      let labels = LabelMap([2, 3, 4], (0..<24).map { $0 * 20 })
      let path = folder.path + "/a." + source
      try writeSegmentation(
        Segmentation(labels: labels, geometry: geometry, header: .picture(axes: 3)), to: path)
      let first = try readSegmentation(path)
      expectSame(first.geometry, geometry)
      let other = folder.path + "/b." + target
      try writeSegmentation(first, to: other)
      let second = try readSegmentation(other)
      expectSame(second.geometry, geometry)
      #expect(second.labels.labels == labels.labels)
    }
  }

  private func expectSame(_ geometry: Geometry, _ other: Geometry) {
    #expect(geometry.shape == other.shape && geometry.spacing == other.spacing)
    #expect(zip(geometry.origin, other.origin).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(zip(geometry.direction, other.direction).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  /// A file of two axes stays one.
  @Test(arguments: ["nii.gz", "nrrd", "mha"], ["nii", "nrrd", "mha"])
  func twoAxesStayTwo(from source: String, to target: String) throws {
    let geometry = Geometry(
      shape: [1, 3, 4], spacing: [999, 1, 0.5], origin: [1, 2, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let labels = LabelMap([1, 3, 4], (0..<12).map { $0 })
    let first = folder.path + "/a." + source
    try writeSegmentation(
      Segmentation(labels: labels, geometry: geometry, header: .picture(axes: 2)), to: first)
    let image = try readSegmentation(first)
    #expect(image.header.axes == 2)
    #expect(image.geometry == geometry)
    let second = folder.path + "/b." + target
    try writeSegmentation(image, to: second)
    #expect(try readSegmentation(second).header.axes == 2)
    #expect(try readSegmentation(second).geometry == geometry)
    #expect(try readSegmentation(second).labels.labels == labels.labels)
  }

  /// The plane of a sagittal slice is none of the patient's first two axes: two of them would not tell where it lies.
  @Test func aSagittalSliceOfTwoAxesGetsThree() throws {
    let geometry = Geometry(
      shape: [1, 3, 4], spacing: [999, 1, 0.5], origin: [1, 2, 3],
      direction: [0, 0, 1, 1, 0, 0, 0, 1, 0])
    #expect(try MetaHeader(geometry, axes: 2).geometry(path: "a.mha").geometry == geometry)
    #expect(try NRRDHeader(geometry, axes: 2).geometry(path: "a.nrrd").geometry == geometry)
  }

  /// The packed labels are larger than a block of the compressor.
  @Test(arguments: ["nrrd", "mha"])
  func isTheSameForAnyNumberOfThreads(_ ending: String) throws {
    let shape = [70, 190, 200]
    let values = randomValues(shape.reduce(1, *), seed: 3).map { $0 > 0.9 ? 300 : 0 }
    let segmentation = Segmentation(
      labels: LabelMap(shape, values),
      geometry: Geometry(
        shape: shape, spacing: [1, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    var files: [[UInt8]] = []
    for threads in [1, 2, 5] {
      let path = folder.path + "/\(threads)." + ending
      try writeSegmentation(segmentation, to: path, threads: Threads(threads))
      files.append(try folder.read(path))
      #expect(try readSegmentation(path).labels.histogram == segmentation.labels.histogram)
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  @Test func headersOfTwoFilesAreNotWritten() throws {
    let geometry = Geometry(
      shape: [1, 1, 1], spacing: [1, 1, 1], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let segmentation = Segmentation(
      labels: LabelMap([1, 1, 1], [1]), geometry: geometry, header: .picture(axes: 3))
    for ending in ["mhd", "nhdr", "dcm"] {
      let error = #expect(throws: NNXError.self) {
        try writeSegmentation(segmentation, to: folder.path + "/a." + ending)
      }
      #expect(error?.code == .unsupportedImage)
    }
    #expect(try folder.contents() == [])
  }
}
