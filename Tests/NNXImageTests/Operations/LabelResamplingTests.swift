import NNXTensor
import Testing

@testable import NNXImage

@Suite struct LabelResamplingTests {
  @Test(arguments: OperationCase.all("labels"))
  func resamplesAsBatchgeneratorsDoes(_ item: OperationCase) {
    let result = item.inputLabels.resampled(to: item.expectedShape, separateAxis: item.axis)
    #expect(result.shape == item.expectedShape)
    #expect(result.labels == item.expectedLabels)
  }

  @Test func wideLabelsFollowTheSameRule() throws {
    let item = try #require(OperationCase.all("labels").first)
    let wide = LabelMap(item.shape, item.input.map { 1000 * Int($0) })
    let result = wide.resampled(to: item.expectedShape, separateAxis: item.axis)
    #expect(result.labels == item.expectedLabels.map { 1000 * $0 })
  }

  /// The example of batchgenerators: 1 and 2 draw level at 0.375, the nearest neighbour is a 3.
  @Test func aNearestNeighbourThatLostDoesNotWin() {
    let block = LabelMap([2, 2, 2], [3, 1, 1, 1, 2, 2, 2, 3])
    #expect(block.resampled(to: [1, 1, 1]).labels == [1])
  }
}
