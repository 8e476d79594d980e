import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct ResamplerTests {
  @Test(arguments: OperationCase.all("data"))
  func resamplesAsNNUNetDoes(_ item: OperationCase) throws {
    let order = try #require(item.facts["order"]?.int.flatMap(Interpolation.init))
    let along = try #require(item.facts["along"]?.int.flatMap(Interpolation.init))
    for kernels in Kernels.available {
      for threads in [1, 3] {
        let resampler = Resampler(kernels: kernels, threads: Threads(threads))
        let result = resampler.resample(
          item.inputTensor, to: item.expectedShape, order, separateAxis: item.axis, along: along)
        #expect(result.shape == item.expectedShape)
        // One unit in the last place of float32: the double before rounding differs by 1e-13.
        #expect(largestDifference(result.values, item.expected) < 1.2e-7, "\(kernels.name)")
      }
    }
  }

  @Test func sameShapeIsTheSameTensor() throws {
    let input = Tensor([2, 3, 4], randomValues(24, seed: 1))
    #expect(try Resampler().resample(input, to: [2, 3, 4], .cubic) === input)
  }

  @Test func resultStaysWithinTheRangeOfTheInput() throws {
    let input = Tensor([8, 8, 8], randomValues(512, seed: 2).map { $0 > 0 ? 100 : -50 })
    let values = try Resampler().resample(input, to: [13, 17, 11], .cubic).values
    #expect(values.max() == 100 && values.min() == -50)
  }

  @Test func manySlicesGiveTheSameForAnyNumberOfThreads() throws {
    let input = Tensor([40, 70, 90], randomValues(40 * 70 * 90, seed: 3))
    let results = [1, 2, 7].map { threads in
      Resampler(kernels: Kernels.available[0], threads: Threads(threads))
        .resample(input, to: [50, 66, 131], .cubic).values
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}

@Suite struct SeparateAxisTests {
  struct Case {
    let current: [Double]
    let new: [Double]
    let force: Bool?
    let axis: Int?
  }

  @Test func choosesTheAxisThatNNUNetChooses() throws {
    let file = try OrderedJSON(contentsOf: Fixtures.folder + "/image/operations.json")
    let cases = try #require(file["spacings"]?.array)
    #expect(cases.count == 900)
    for item in cases {
      let current = try #require(item["current"]?.array).compactMap(\.double)
      let new = try #require(item["new"]?.array).compactMap(\.double)
      let axis = separateAxis(current: current, new: new, force: item["force"]?.bool)
      #expect(axis == item["axis"]?.int, "\(item.text())")
    }
  }

  @Test(arguments: [(3.0, nil), (3.0000001, 0)])
  func aRatioOfThreeIsNotEnough(_ spacing: Double, _ axis: Int?) {
    #expect(separateAxis(current: [spacing, 1, 1], new: [1, 1, 1]) == axis)
  }
}
