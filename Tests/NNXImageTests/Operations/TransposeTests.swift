import NNXImage
import NNXTensor
import TestSupport
import Testing

@Suite struct TransposeTests {
  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func axesChangePlaces(_ axes: [Int]) {
    let shape = [5, 33, 70]
    let input = Tensor(shape, randomValues(5 * 33 * 70, seed: 5))
    let labels = LabelMap(shape, (0..<5 * 33 * 70).map { $0 % 251 })
    let wide = LabelMap(shape, (0..<5 * 33 * 70).map { $0 })
    let result = input.transposed(axes, threads: Threads(2)).values
    let (narrowResult, wideResult) = (labels.transposed(axes), wide.transposed(axes))
    let newShape = axes.map { shape[$0] }
    #expect(narrowResult.shape == newShape)
    let (old, wideLabels) = (input.values, wideResult.labels)
    var index = 0
    var isRight = true
    for a in 0..<newShape[0] {
      for b in 0..<newShape[1] {
        for c in 0..<newShape[2] {
          var place = [0, 0, 0]
          for (axis, value) in zip(axes, [a, b, c]) { place[axis] = value }
          let source = (place[0] * 33 + place[1]) * 70 + place[2]
          isRight = isRight && result[index] == old[source] && wideLabels[index] == source
          isRight = isRight && narrowResult[index] == source % 251
          index += 1
        }
      }
    }
    #expect(isRight)
  }
}
