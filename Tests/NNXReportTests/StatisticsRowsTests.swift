import NNXSystem
import TestSupport
import Testing

@testable import NNXReport

@Suite struct StatisticsRowsTests {
  /// Rows of a document are those of the numbers that it was made of.
  @Test func aDocumentGivesTheSameRows() throws {
    let place = "\(Fixtures.folder)/reference/v2/plain_ct"
    for image in [nil, "\(place)/image_0000.nii.gz"] {
      let measured = try Measurement(
        segmentation: "\(place)/segmentation.nii.gz", image: image)
      let read = try OrderedJSON(
        parsing: Array(measured.json.text(pretty: true).utf8), source: "numbers")
      let rows = LabelStatistics.rows(of: read, "seg.nii.gz")
      #expect(!rows.isEmpty && rows == measured.labels.map { $0.row("seg.nii.gz") })
    }
  }
}
