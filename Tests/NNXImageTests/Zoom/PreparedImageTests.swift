import NNXTensor
import Testing

@testable import NNXImage

@Suite struct PreparedImageTests {
  /// MRSegmentator: the first voxel of what networks see is the rightmost, frontmost, lowest one.
  @Test func turnsToLeftBackAndHead() throws {
    // The file's axes run to the right, the front and the head: -x and -y of LPS.
    let geometry = Geometry(
      shape: [2, 2, 3], spacing: [3, 2, 1], origin: [0, 0, 0],
      direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1])
    let voxels = Tensor([2, 2, 3], (0..<12).map { Float($0) })
    let image = Image(voxels: voxels, geometry: geometry, header: .picture(axes: 3))
    let prepared = try PreparedImage(
      image,
      .init(
        spacing: nil, .zoom(order: 1, .nearest, truncatesAlways: false), isITK: true, isLPS: true),
      in: nil, threads: .all)
    #expect(prepared.image.voxels.values == [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6])
    #expect(prepared.image.geometry.spacing == [3, 2, 1])
    let labels = LabelMap([2, 2, 3], (0..<12).map { $0 })
    #expect(
      prepared.back.labels(labels, threads: .all).labels == [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6])
  }

  /// Between the planes of a label alone, and all where there is none.
  @Test func aSlabLiesAcrossOneAxis() {
    let map = LabelMap([3, 1, 2], [1, 1, 2, 2, 3, 3])
    let other = LabelMap([3, 1, 2], [0, 0, 0, 7, 0, 0])
    #expect(map.clearedOutside(other, .values([7]), along: 0).labels == [0, 0, 2, 2, 0, 0])
    #expect(map.clearedOutside(other, .values([7]), along: 2).labels == [0, 1, 0, 2, 0, 3])
    #expect(map.clearedOutside(other, .values([8]), along: 0).labels == map.labels)
  }
}
