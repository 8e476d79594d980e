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

  /// What a part of the input tells is what the whole tells.
  @Test(arguments: linear)
  func aPartOfTheInputTellsTheSame(_ item: OperationCase) throws {
    let resampler = try LinearResampler(
      from: item.shape, to: item.expectedShape, separateAxis: item.axis)
    let whole = resampler.resample(item.inputTensor).values
    let (old, new) = (item.shape, item.expectedShape)
    for axis in 0..<2 {
      #expect(resampler.count(along: axis, of: old[axis]) == new[axis])
      let half = old[axis] / 2
      let told = resampler.count(along: axis, of: half)
      #expect(told < new[axis])
      // All that lies before the middle, and the rest of the input from one plane before it.
      for (planes, held) in [
        (0..<told, 0..<half), (told..<new[axis], max(0, half - 1)..<old[axis]),
      ] {
        var shape = old
        shape[axis] = held.count
        var values: [Float] = []
        for z in axis == 0 ? held : 0..<old[0] {
          for y in axis == 1 ? held : 0..<old[1] {
            let row = (z * old[1] + y) * old[2]
            values += item.inputTensor.values[row..<row + old[2]]
          }
        }
        let part = Tensor(shape, values)
        let scratch = Tensor([resampler.scratchCount])
        for z in axis == 0 ? planes : 0..<new[0] {
          let rows = axis == 1 ? planes : 0..<new[1]
          let output = Tensor([rows.count, new[2]])
          resampler.rows(
            rows, ofPlane: z, of: part,
            from: axis == 0 ? (held.lowerBound, 0) : (0, held.lowerBound), into: output, scratch)
          let start = (z * new[1] + rows.lowerBound) * new[2]
          #expect(output.values == Array(whole[start..<start + output.count]))
        }
      }
    }
  }
}
