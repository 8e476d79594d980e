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

  /// The same voxels in another order: along y from its far end, then z, then x.
  @Test func turnedAxesArePairedByTheirPlaces() throws {
    let (z, y, x) = (2, 3, 4)
    var (values, turned) = ([Int](), [Int](repeating: 0, count: z * y * x))
    for k in 0..<z {
      for j in 0..<y {
        for i in 0..<x {
          values.append((k + 2 * j + 3 * i) % 3)
          turned[(i * z + k) * y + y - 1 - j] = values[values.count - 1]
        }
      }
    }
    func segmentation(_ values: [Int], _ geometry: Geometry) -> Segmentation {
      Segmentation(
        labels: LabelMap(geometry.shape, values), geometry: geometry, header: .picture(axes: 3))
    }
    let first = segmentation(
      values,
      Geometry(
        shape: [z, y, x], spacing: [3, 2, 1], origin: [10, 20, 30],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]))
    let second = segmentation(
      turned,
      Geometry(
        shape: [x, z, y], spacing: [1, 3, 2], origin: [10, 24, 30],
        direction: [0, 0, 1, -1, 0, 0, 0, 1, 0]))
    for (a, b) in [(first, second), (second, first)] {
      let (own, other) = try Segmentation.aligned(a, b)
      #expect(own.geometry == other.geometry)
      #expect(own.labels.labels == other.labels.labels)
    }
    // Where the places differ, nothing is turned.
    let far = segmentation(
      turned,
      Geometry(
        shape: [x, z, y], spacing: [1, 3, 2], origin: [10, 54, 30],
        direction: [0, 0, 1, -1, 0, 0, 0, 1, 0]))
    #expect(try Segmentation.aligned(far, first).0.labels.labels == turned)
  }
}
