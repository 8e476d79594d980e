import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// What nnU-Net, SciPy and PyTorch make of small arrays, see Scripts/make-fixtures/operations.py.
struct OperationCase: CustomTestStringConvertible, Sendable {
  let index: Int
  let kind: String
  let facts: OrderedJSON
  let shape: [Int]
  let input: [Float]
  let expectedShape: [Int]
  let expected: [Float]

  var axis: Int? { facts["axis"]?.int }
  var testDescription: String { "\(index): \(facts.text()) from \(shape)" }
  var inputTensor: Tensor { Tensor(shape, input) }
  var inputLabels: LabelMap { LabelMap(shape, input.map { Int($0) }) }
  var expectedLabels: [Int] { expected.map { Int($0) } }

  static func all(_ kind: String) -> [OperationCase] { cases.filter { $0.kind == kind } }

  private static let cases: [OperationCase] = {
    let folder = Fixtures.folder + "/image"
    guard let arrays = try? NPY.readAll(folder + "/operations.npz"),
      let facts = try? OrderedJSON(contentsOf: folder + "/operations.json")["arrays"]?.array
    else { return [] }
    return facts.enumerated().compactMap { index, facts in
      guard let input = arrays["\(index)_in"], let output = arrays["\(index)_out"] else {
        return nil
      }
      return OperationCase(
        index: index, kind: facts["kind"]?.string ?? "", facts: facts, shape: input.shape,
        input: input.values, expectedShape: output.shape, expected: output.values)
    }
  }()
}

/// The largest difference of two arrays as a part of the largest value.
func largestDifference(_ values: [Float], _ expected: [Float]) -> Float {
  guard values.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 1
  return zip(values, expected).map { abs($0 - $1) }.max().map { $0 / max(scale, 1e-30) } ?? 0
}

@Suite struct OperationCasesTests {
  @Test func allAreThere() {
    let counts = ["data", "labels", "torch", "holes", "largest"].map { OperationCase.all($0).count }
    #expect(counts == [111, 47, 27, 24, 72])
  }
}
