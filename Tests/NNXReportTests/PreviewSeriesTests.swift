import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXReport

/// Labels over series of DICOM: those of a file in one of the two orders, and those of a DICOM segmentation.
@Suite struct PreviewSeriesTests {
  private static let series = Fixtures.folder + "/dicom/oblique_3d"

  @Test(arguments: SeriesReading.Order.allCases)
  func `a series is read in the order in which its labels lie`(
    order: SeriesReading.Order
  ) throws {
    let image = try readImage(Self.series, series: SeriesReading(order))
    let labels = Segmentation(
      labels: LabelMap(image.geometry.shape, largestLabel: 1), like: image)
    let ground = try readGreyImage(Self.series, under: labels)
    #expect(ground.geometry == image.geometry)
    #expect(ground.voxels.values == image.voxels.values)
    // Without labels the order is the rule's; whoever knows it says so.
    let other = SeriesReading.Order.allCases.first { $0 != order } ?? order
    #expect(
      try readGreyImage(Self.series, under: labels, series: SeriesReading(other)).geometry
        != image.geometry)
    #expect(
      try readGreyImage(Self.series, under: nil).geometry
        == readImage(Self.series).geometry)
  }

  @Test func `a DICOM segmentation is drawn and compared as the same labels in NIfTI are`() throws {
    let folder = Fixtures.folder + "/seg/hd_odd_size"
    let scan = Fixtures.folder + "/dicom/odd_size"
    let image = try readGreyImage(scan, under: nil)
    var plain = try readNamedSegmentation(folder + "/labels.nii.gz")
    let own = try readNamedSegmentation(folder + "/seg.dcm")
    plain.table = own.table
    let completed = own.completed(to: image.geometry, image.header)
    #expect(completed.labels.labels == plain.labels.labels)
    for layout in Preview.Layout.allCases {
      let options = Preview.Options(layout: layout, side: 64)
      let pictures = try [completed, plain].map {
        try Preview(image: image, segmentation: $0, title: "x", options: options).png
      }
      #expect(pictures[0] == pictures[1])
    }
    let path = try previewPicture(
      image: scan, segmentation: folder + "/seg.dcm", options: .init(side: 64))
    #expect(path.notFound.isEmpty)
  }

  @Test func `a DICOM segmentation is evaluated against labels in NIfTI`() throws {
    let source = Fixtures.folder + "/seg/hd_odd_size"
    let folder = try TemporaryFolder()
    try folder.write("made/a.seg.dcm", try folder.read(source + "/seg.dcm"))
    try folder.write("truth/a.nii.gz", try folder.read(source + "/labels.nii.gz"))
    let names = ["Liver", "Spleen", "Spine"]
    for (first, second) in [("made", "truth"), ("truth", "made")] {
      // The NIfTI file carries no names, and the numbers of segments are no labels.
      let map = names.enumerated().map { (index, name) in
        first == "made" ? "\(name)=\(index + 1)" : "\(index + 1)=\(name)"
      }
      func run(_ map: [String]) throws -> Evaluation {
        try Evaluation.run(
          predictions: "\(folder.path)/\(first)", references: "\(folder.path)/\(second)",
          labels: nil,
          matches: map.compactMap { LabelMatch($0) }, tolerance: 1)
      }
      #expect(throws: NNXError.self) { try run([]) }
      let result = try run(map)
      #expect(result.cases.map(\.name) == ["a"])
      #expect(result.cases[0].labels.map(\.pair.name) == names)
      #expect(result.cases[0].labels.allSatisfy { $0.dice == 1 })
    }
  }
}
