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

  /// The origin that SimpleITK 2.5.7 gave MOOSE's second network for an oblique image whose three axes are reversed:
  /// labels half way between two voxels of it hang on its last bit.
  @Test func partsAreTurnedBeforeTheyAreCut() throws {
    let image = Image(
      voxels: Tensor([23, 22, 38]),
      geometry: Geometry(
        shape: [23, 22, 38], spacing: [3, 3, 3],
        origin: [-217.2752685546875, -170.806640625, 256.597900390625],
        direction: [
          0.9777832364903788, 0.20961856599661108, 0, -0.19193987706611806, 0.8953195309428769,
          -0.4019477716407928, 0.08425571808633185, -0.39301780405186654, -0.9156625955410657,
        ]), header: .picture(axes: 3))
    let prepared = try PreparedImage(
      image, .init(spacing: [2, 1.5, 1.5], .bSpline, isITK: true),
      in: Box(lower: [1, 0, 0], upper: [22, 22, 38]), threads: .all)
    #expect(
      prepared.image.geometry.origin == [
        -95.53535964646896, -161.0295461433078, 183.50341992385307,
      ])
  }
}
