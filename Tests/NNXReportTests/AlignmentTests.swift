import NNXImage
import NNXSystem
import NNXTensor
import Testing

@testable import NNXReport

/// Two DICOM segmentations of one image, each of which holds the slices that have labels.
@Suite struct AlignmentTests {
  private func part(_ slices: Int, at start: Double, every distance: Double) -> Segmentation {
    var made = Segmentation(
      labels: LabelMap([slices, 1, 1], [Int](repeating: 1, count: slices)),
      geometry: Geometry(
        shape: [slices, 1, 1], spacing: [distance, 1, 1], origin: [0, 0, start],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      header: .picture(axes: 3))
    made.coversPart = true
    made.leavesOutSlices = distance > 3
    return made
  }

  /// Slices of one that lie between the other's are kept, whichever comes first.
  @Test func slicesOfBothAreKept() throws {
    let (sparse, dense) = (part(2, at: 0, every: 9), part(3, at: 3, every: 3))
    for (first, second) in [(sparse, dense), (dense, sparse)] {
      let (a, b) = try Segmentation.aligned(first, second)
      #expect(a.geometry == b.geometry)
      #expect(a.geometry.shape == [4, 1, 1])
      let maps = [a.labels.labels, b.labels.labels]
      #expect(Set(maps) == [[1, 0, 0, 1], [0, 1, 1, 1]])
    }
  }
}
