import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Segmentations of some slices of a series. highdicom 0.28.2 tells as their distance that of the slices that it was given,
/// or, of one slice, what the series tells, which may be negative or wrong.
@Suite struct SEGGridTests {
  /// - Parameter heights: of frames, in mm.
  private func grid(
    _ heights: [Double], between: Double?, thickness: Double?, spacing: [Double] = [1, 1],
    left: Double = 1
  ) throws -> SEGGrid {
    let planes = heights.map {
      SEGGrid.Plane(
        position: [left, 2, $0], orientation: [1, 0, 0, 0, 1, 0], spacing: spacing,
        between: between, thickness: thickness)
    }
    return try SEGGrid(planes, rows: 2, columns: 2, fileSize: 1000, path: "a.dcm")
  }

  private static let cases: [([Double], Double?, Double?, slices: [Int], step: Double)] = [
    // Two slices, and what lies between is known by how thick they are.
    ([0, 9], 9, 3, [0, 3], 3), ([0, 7.112], 1.524, 1.016, [0, 7], 1.016),
    ([0, 9], nil, 3, [0, 3], 3),
    ([0, 30], 30, 0.0004, [0, 1], 30),
    // The told distance is finer than the slices', so that it is none that was made of them.
    ([0, 9], 3, 1.5, [0, 3], 3),
    // Of more slices the distances say it.
    ([0, 5, 10], 5, 2.5, [0, 1, 2], 5), ([0, 3, 9], 3, 3, [0, 1, 3], 3),
    ([0, 9, 9, 0], 9, 3, [0, 3, 3, 0], 3),
    // Slices thicker than their distance.
    ([0, 2], 2, 5, [0, 1], 2), ([4], 6, 3, [0], 6), ([4], nil, 3, [0], 3),
  ]

  @Test(arguments: cases)
  func slicesLieWhereTheyAre(
    _ heights: [Double], _ between: Double?, _ thickness: Double?, _ slices: [Int], _ step: Double
  ) throws {
    let grid = try grid(heights, between: between, thickness: thickness)
    #expect(grid.slices == slices)
    #expect(abs(grid.geometry.spacing[0] - step) < 1e-9)
  }

  @Test func slicesOfWhichNothingSaysHowThickTheyAreAreRefused() {
    let error = #expect(throws: NNXError.self) { try grid([4], between: nil, thickness: nil) }
    #expect(error?.code == .brokenDICOM)
  }

  /// As of every other format, so that what is converted can be read again.
  @Test(arguments: [
    ([0, 3.0], [6075, 0.5], 1, "its voxels are 6075 x 0.5 mm (PixelSpacing)"),
    ([0, 3.0], [1, 1e-9], 1, "its voxels are 1 x 1e-09 mm (PixelSpacing)"),
    ([0, 1001.0], [1, 1], 1, "its voxels are 1001 mm (distance of slices)"),
    ([0, 3.0], [1, 1], 1e39, "further than float32 can tell"),
  ])
  func gridsThatCannotBeAreRefused(
    _ heights: [Double], _ spacing: [Double], _ left: Double, _ detail: String
  ) {
    let error = #expect(throws: NNXError.self) {
      try grid(heights, between: nil, thickness: nil, spacing: spacing, left: left)
    }
    #expect(error?.code == .brokenImage)
    #expect(error?.details.first?.contains(detail) == true, "\(error?.details ?? [])")
  }

  /// Three slices of three that the series has from one to the next: two between are nobody's.
  @Test func whatLiesBetweenIsBackground() throws {
    let grid = try grid([3, 12, 21], between: 9, thickness: 3)
    #expect(grid.thinness == 3)
    var own = Segmentation(
      labels: LabelMap([3, 2, 2], [Int](repeating: 1, count: 12)), geometry: grid.geometry,
      header: .picture(axes: 3))
    let series = Geometry(
      shape: [9, 2, 2], spacing: [3, 1, 1], origin: [1, 2, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    func slices() -> [Bool] {
      let placed = own.placed(on: series, header: .picture(axes: 3)).labels.labels
      return (0..<9).map { placed[4 * $0] != 0 }
    }
    #expect(slices() == [true, true, true, true, true, true, true, true, true])
    own.leavesOutSlices = true
    #expect(slices() == [false, true, false, false, true, false, false, true, false])
    #expect(own.fits(on: series))
    // Between the slices of another series labels are continued.
    let other = Geometry(
      shape: [9, 2, 2], spacing: [2.5, 1, 1], origin: [1, 2, 1], direction: series.direction)
    #expect(!own.fits(on: other))
    #expect(own.placed(on: other, header: .picture(axes: 3)).labels.labels.allSatisfy { $0 == 1 })
  }
}
