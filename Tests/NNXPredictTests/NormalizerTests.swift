import Glibc
import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import Testing

@testable import NNXPredict

@Suite struct NormalizerTests {
  private let intensities = Normalization.Intensities(
    mean: 10, deviation: 4, percentile00_5: -5, percentile99_5: 30)

  private func normalized(
    _ values: [Float], _ scheme: Normalization, _ generation: ModelDescription.Generation,
    mask: [Int]? = nil
  ) throws -> [Float] {
    let channel = Tensor([values.count], values)
    try Normalizer(scheme, generation: generation).apply(
      to: channel, mask: mask.map { LabelMap([1, 1, $0.count], $0) })
    return channel.values
  }

  @Test(arguments: [ModelDescription.Generation.v1, .v2])
  func ctClipsThenScales(generation: ModelDescription.Generation) throws {
    let values = try normalized(
      [-1000, -5, 10, 12, 3000], .ct(intensities, useMask: false), generation)
    #expect(values == [-3.75, -3.75, 0, 0.5, 5])
  }

  @Test func zScoreTakesThePopulationDeviation() throws {
    let values = try normalized([1, 2, 3, 4], .zScore(useMask: false), .v2)
    let deviation = Float(1.25.squareRoot())
    #expect(values == [-1.5 / deviation, -0.5 / deviation, 0.5 / deviation, 1.5 / deviation])
  }

  /// Outside the mask v2 keeps values (zeros, in practice) and v1 writes zeros.
  @Test(arguments: [(ModelDescription.Generation.v1, Float(0)), (.v2, 7)])
  func aMaskLimitsZScore(generation: ModelDescription.Generation, outside: Float) throws {
    let values = try normalized(
      [1, 7, 3], .zScore(useMask: true), generation, mask: [1, 0, 1])
    #expect(values[1] == outside)
    #expect(abs(values[0] + 1) < 1e-6 && abs(values[2] - 1) < 1e-6)
  }

  @Test func aConstantImageBecomesZero() throws {
    for generation in [ModelDescription.Generation.v1, .v2] {
      #expect(try normalized([5, 5, 5], .zScore(useMask: false), generation) == [0, 0, 0])
    }
  }

  @Test func ct2TakesStatisticsStrictlyBetweenThePercentiles() throws {
    let values = try normalized([-5, 0, 2, 30, 99], .ct2(intensities, useMask: false), .v1)
    #expect(values == [-6, -1, 1, 29, 29])
  }

  @Test func rescalingEndsAtZeroAndOne() throws {
    #expect(try normalized([-2, 0, 2], .rescaleTo01, .v2) == [0, 0.5, 1])
    #expect(try normalized([4, 4], .rescaleTo01, .v2) == [0, 0])
  }

  @Test func rgbWantsBytes() throws {
    #expect(try normalized([0, 51, 255], .rgbTo01, .v2) == [0, 0.2, 1])
    let error = #expect(throws: NNXError.self) { try normalized([0, 256], .rgbTo01, .v2) }
    #expect(error?.code == .wrongRange)
  }

  @Test func noneLeavesValuesAlone() throws {
    #expect(try normalized([-1, 0.25], .none, .v2) == [-1, 0.25])
  }
}
