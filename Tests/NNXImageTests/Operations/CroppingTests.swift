import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct CroppingTests {
  @Test(arguments: OperationCase.all("holes"))
  func fillsHolesAsSciPyDoes(_ item: OperationCase) {
    let mask = item.inputLabels
    fillHoles(mask)
    #expect(mask.labels == item.expectedLabels)
  }

  @Test func fillsAWindingCaveOnlyIfItIsClosed() {
    // A spiral corridor of background: one opening lets the outside in everywhere.
    let rows = [
      "#########", "#.......#", "#.#####.#", "#.#...#.#", "#.#.#.#.#", "#.#.###.#", "#.#.....#",
      "#.#######", "#########",
    ]
    let voxels = rows.joined().map { $0 == "#" ? 1 : 0 }
    let walls = [Int](repeating: 1, count: 81)
    let closed = LabelMap([3, 9, 9], walls + voxels + walls)
    fillHoles(closed)
    #expect(closed.labels.allSatisfy { $0 == 1 })
    let open = LabelMap([3, 9, 9], walls + voxels + walls)
    open[81 + 8 * 9 + 1] = 0
    let expected = open.labels
    fillHoles(open)
    #expect(open.labels == expected)
  }

  @Test func whatIsNotZero() {
    let first = Tensor([1, 2, 4], [0, -0.0, .nan, .leastNonzeroMagnitude, 0, 0, 0, 0])
    let second = Tensor([1, 2, 4], [0, 0, 0, 0, -5, 0, 0, 0])
    let mask = Nonzero.mask([first, second])
    #expect(mask.labels == [0, 0, 1, 1, 1, 0, 0, 0])
  }

  @Test func boxFitsTightly() {
    let tensor = Tensor([4, 5, 6])
    #expect(Nonzero.box([tensor]) == nil)
    tensor.withMutableSpan { span in
      span[(1 * 5 + 2) * 6 + 3] = 1
      span[(2 * 5 + 4) * 6 + 0] = -1
    }
    let box = Nonzero.box([tensor], threads: Threads(2))
    #expect(box == Box(lower: [1, 2, 0], upper: [3, 5, 4]))
    #expect(box?.transposed([2, 0, 1]) == Box(lower: [0, 1, 2], upper: [4, 3, 5]))
  }

  @Test func cropAndPasteAreOpposites() {
    let values = (0..<120).map { $0 % 50 }
    let box = Box(lower: [1, 0, 2], upper: [3, 4, 5])
    for factor in [1, 100] {
      let map = LabelMap([4, 5, 6], values.map { factor * $0 })
      let part = map.cropped(to: box)
      #expect(part.shape == [2, 4, 3])
      #expect(part[0] == map[(1 * 5) * 6 + 2])
      let empty = LabelMap([4, 5, 6], largestLabel: 65535)
      empty.paste(part, into: box)
      #expect(empty.cropped(to: box).labels == part.labels)
      #expect(empty.labels.reduce(0, +) == part.labels.reduce(0, +))
    }
    let tensor = Tensor([4, 5, 6], values.map { Float($0) })
    #expect(
      tensor.cropped(to: box).values
        == LabelMap([4, 5, 6], values).cropped(to: box).labels.map { Float($0) })
    #expect(tensor.cropped(to: Box([4, 5, 6])) === tensor)
  }
}
