import Testing

@testable import NNXPredict

@Suite struct TileGridTests {
  /// Expected starts were computed with the formula in nnU-Net's `compute_steps_for_sliding_window`.
  @Test(arguments: [
    (100, 64, 0.5, [0, 18, 36]), (64, 64, 0.5, [0]), (65, 64, 0.5, [0, 1]),
    (129, 64, 0.5, [0, 22, 43, 65]), (97, 40, 0.75, [0, 28, 57]), (33, 32, 1.0, [0, 1]),
    (70, 48, 0.3, [0, 11, 22]),
  ])
  func startsAreSpreadEvenly(extent: Int, patch: Int, step: Double, expected: [Int]) {
    let grid = TileGrid(
      volume: [extent, patch, patch], patch: [patch, patch, patch], tileStep: step,
      slicewise: false)
    #expect(grid.starts == [expected, [0], [0]])
  }

  @Test func aVolumeSmallerThanThePatchIsCentred() {
    let grid = TileGrid(
      volume: [21, 40, 91], patch: [40, 40, 64], tileStep: 0.5, slicewise: false)
    #expect(grid.starts[0] == [-9])
    #expect(grid.inside([-9, 0, 0]) == [0..<21, 0..<40, 0..<64])
  }

  @Test func everyTileHasItsOwnOriginWithAxis0Outermost() {
    let grid = TileGrid(
      volume: [70, 48, 65], patch: [48, 48, 64], tileStep: 0.5, slicewise: false)
    let origins = (0..<grid.count).map(grid.origin)
    #expect(origins == [[0, 0, 0], [0, 0, 1], [22, 0, 0], [22, 0, 1]])
  }

  @Test func anotherAxisMayBeOutermost() {
    let grid = TileGrid(
      volume: [70, 65, 65], patch: [48, 64, 64], tileStep: 0.5, slicewise: false, outermost: 1)
    let origins = (0..<grid.count).map(grid.origin)
    #expect(
      origins == [
        [0, 0, 0], [0, 0, 1], [22, 0, 0], [22, 0, 1], [0, 1, 0], [0, 1, 1], [22, 1, 0], [22, 1, 1],
      ])
  }

  @Test func twoDimensionalModelsVisitEverySlice() {
    let grid = TileGrid(volume: [3, 32, 33], patch: [1, 32, 32], tileStep: 0.5, slicewise: true)
    #expect(grid.starts == [[0, 1, 2], [0], [0, 1]])
    #expect(grid.count == 6)
  }
}
