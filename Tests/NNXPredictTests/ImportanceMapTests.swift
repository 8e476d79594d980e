import Testing

@testable import NNXPredict

@Suite struct ImportanceMapTests {
  /// Values of nnU-Net's `compute_gaussian((4, 1, 6), value_scaling_factor=10, dtype=float32)`.
  @Test func theMapIsTheFilteredImpulse() {
    let map = ImportanceMap.gaussian(patch: [4, 1, 6], peak: 10).values
    let expected: [[Float]] = [
      [1.1253518e-06, 9.5826581e-05, 1.3791281e-03, 3.3546262e-03, 1.3791281e-03, 9.5826581e-05],
      [4.5399930e-04, 3.8659200e-02, 5.5637997e-01, 1.3533528, 5.5637997e-01, 3.8659200e-02],
      [3.3546262e-03, 2.8565502e-01, 4.1111231, 10, 4.1111231, 2.8565502e-01],
    ]
    for z in 0..<3 {
      for x in 0..<6 {
        #expect(abs(map[z * 6 + x] - expected[z][x]) <= 1e-6 * expected[z][x])
      }
    }
  }

  @Test func noWeightIsZero() {
    let map = ImportanceMap.gaussian(patch: [40, 33, 28], peak: 10).values
    #expect(map.allSatisfy { $0 > 0 })
    #expect(map.max() == 10)
    #expect(map[(20 * 33 + 16) * 28 + 14] == 10)
  }

  @Test func aSingleTileOfV1IsNotWeighted() {
    #expect(ImportanceMap.uniform(patch: [1, 2, 3]).values == [1, 1, 1, 1, 1, 1])
  }
}
