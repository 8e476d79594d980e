import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct LinearResamplerTests {
  static let linear = OperationCase.all("data").filter {
    $0.facts["order"]?.int == 1 && $0.facts["along"]?.int == 0
  }

  @Test(arguments: linear)
  func slicesAreThoseOfTheWholeVolume(_ item: OperationCase) {
    for kernels in Kernels.available {
      let resampler = LinearResampler(
        from: item.shape, to: item.expectedShape, separateAxis: item.axis, rule: .scikitImage,
        kernels: kernels)
      let result = resampler.resample(item.inputTensor, threads: Threads(2))
      #expect(largestDifference(result.values, item.expected) < 4e-7, "\(kernels.name)")
    }
  }

  @Test(arguments: OperationCase.all("torch"))
  func torchRuleIsTorchs(_ item: OperationCase) throws {
    let resampler = try LinearResampler(
      from: item.shape, to: item.expectedShape, separateAxis: item.axis, rule: .torch)
    let result = resampler.resample(item.inputTensor)
    #expect(largestDifference(result.values, item.expected) < 4e-7)
  }

  @Test func anAxisThatStaysKeepsItsSamples() throws {
    let input = Tensor([2, 3, 4], randomValues(24, seed: 4))
    let same = try LinearResampler(from: [2, 3, 4], to: [2, 3, 4])
    #expect(same.isIdentity && same.resample(input) === input)
    let longer = try LinearResampler(from: [2, 3, 4], to: [6, 3, 4]).resample(input).values
    #expect(Array(longer[..<12]) == Array(input.values[..<12]))
  }
}
