import NNXTensor
import Testing

@testable import NNXImage

/// What of MOOSE's resampling a good engineer would guess otherwise; whole images are compared in
/// `PublisherCasesTests`.
@Suite struct ITKSplineTests {
  private static func source(_ shape: [Int], _ value: (Int) -> Double) -> ZoomSource {
    let values = (0..<shape.reduce(1, *)).map { Float(value($0)) }
    return ZoomSource(Tensor(shape, values))
  }

  private static let int16: ClosedRange<Double> = -32768...32767

  /// 512 voxels of 0.9765625 mm at 1.5 mm: two pieces of 166.67, each rounded by itself.
  @Test func longAxesAreCutIntoEvenPieces() throws {
    let long = Self.source([2, 2, 512]) { _ in 7 }
    let spline = try #require(
      ITKSpline(long, [1.5, 1.5, 0.9765625], to: [1.5, 1.5, 1.5]))
    #expect(spline.shape == [2, 2, 334])
    // 301 has no divisor up to 2: one piece.
    let odd = try #require(
      ITKSpline(Self.source([1, 1, 301]) { _ in 7 }, [1, 1, 1], to: [1, 1, 2]))
    #expect(odd.shape == [1, 1, 150])
  }

  /// Twice as many voxels: the last plane lies half a voxel beyond the last one, and is 0, also in a CT.
  @Test func beyondHalfAVoxelThereIsZero() throws {
    let air = Self.source([4, 4, 6]) { _ in -1000 }
    let spline = try #require(ITKSpline(air, [3, 3, 3], to: [3, 3, 1.5]))
    let values = spline.values(Self.int16, threads: .all).values
    #expect(spline.shape == [4, 4, 12])
    for row in 0..<16 { #expect(values[12 * row + 11] == 0) }
    #expect(values.filter { $0 == 0 }.count == 16)
  }

  /// A spacing that is the network's already: the spline passes through the samples but for 1e-13, and whole numbers
  /// are cut towards 0.
  @Test func nothingIsSkippedWhereTheSpacingIsEqual() throws {
    let image = Self.source([6, 7, 8]) { Double(($0 * 7919) % 2000 - 1000) }
    let spline = try #require(ITKSpline(image, [2, 2, 2], to: [2, 2, 2]))
    let whole = spline.values(Self.int16, threads: .all).values
    let differences = zip(whole, image.floats.values).map { $1 - $0 }
    let changed = differences.indices.filter { differences[$0] != 0 }
    #expect(changed.count > 80 && changed.count < 260)
    #expect(
      changed.allSatisfy {
        abs(differences[$0]) == 1 && abs(whole[$0]) < abs(image.floats.values[$0])
      })
    let real = spline.values(nil, threads: .all).values
    #expect(zip(real, image.floats.values).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func nothingIsLeftOfASliceThatIsTooThin() {
    #expect(ITKSpline(Self.source([1, 4, 4]) { _ in 0 }, [1, 1, 1], to: [6, 1, 1]) == nil)
  }
}

/// Labels on another grid of the same directions, by ITK's arithmetic.
@Suite struct NearestLabelTests {
  private static func grid(_ shape: [Int], _ spacing: [Double]) -> Geometry {
    Geometry(
      shape: shape, spacing: spacing, origin: [5, 6, 7], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
  }

  /// The model's grid ends before the image's: the far border is background.
  @Test func beyondTheMapThereIsBackground() {
    let map = LabelMap([1, 1, 3], [1, 2, 3])
    let back = map.nearest(
      from: Self.grid([1, 1, 3], [1, 1, 2]), to: Self.grid([1, 1, 8], [1, 1, 1]), threads: .all)
    #expect(back.labels[0] == 1 && back.labels[4] == 3 && back.labels[6...] == [0, 0])
    #expect(back.labels[2] == 2)
  }

  /// Half way between two labels the later one counts where nothing is rounded.
  @Test func aTieGoesToTheLaterLabel() {
    let map = LabelMap([1, 1, 2], [1, 2])
    let back = map.nearest(
      from: Self.grid([1, 1, 2], [1, 1, 2]), to: Self.grid([1, 1, 4], [1, 1, 1]), threads: .all)
    #expect(back.labels == [1, 2, 2, 0])
  }
}
