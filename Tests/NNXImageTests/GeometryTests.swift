import Testing

@testable import NNXImage

@Suite struct GeometryTests {
  let geometry = Geometry(
    shape: [3, 4, 5], spacing: [5, 0.7, 0.8], origin: [-100, 20, 3],
    direction: [1, 0, 0, 0, 0, -1, 0, 1, 0])

  @Test func orderOfAxes() {
    #expect(geometry.count == 60)
    #expect(geometry.fileSpacing == [0.8, 0.7, 5])
  }

  @Test func cornersLieAtTheEndsOfTheAxes() {
    let corners = geometry.corners
    #expect(corners[0] == [-100, 20, 3])
    // x goes along x, y along z, z against y; by 4, 3 and 2 steps.
    let far: [Double] = [-96.8, 10, 5.1]
    for axis in 0..<3 { #expect(abs(corners[7][axis] - far[axis]) < 1e-12) }
  }

  @Test func gridsAreOfOneShapeAndNearlyOneSpacing() {
    var other = geometry
    other.spacing[1] *= 1 + 9e-6
    #expect(geometry.hasGrid(of: other))
    other.spacing[1] *= 1 + 2e-5
    #expect(!geometry.hasGrid(of: other))
    other = geometry
    other.shape[0] = 4
    #expect(!geometry.hasGrid(of: other))
  }

  @Test func placesAgreeToAHundredthOfAVoxel() {
    var other = geometry
    other.origin[2] += 0.006
    #expect(geometry.hasPlace(of: other))
    other.origin[2] += 0.002
    #expect(!geometry.hasPlace(of: other))
    other = geometry
    other.direction[0] = -1
    #expect(!geometry.hasPlace(of: other))
  }

  @Test func shearedVoxelsAreNoBoxes() {
    let sheared = Geometry(
      shape: [2, 2, 2], spacing: [3, 2, 1], origin: [0, 0, 0],
      direction: [1, 0.6, 0, 0, 0.8, 0, 0, 0, 1])
    #expect(abs(sheared.voxelVolume - 4.8) < 1e-12)
    var rounded = sheared
    rounded.direction = [0.9999999, 0, 0, 0, 1, 0, 0, 0, 1]
    #expect(rounded.voxelVolume == 6)
  }
}
