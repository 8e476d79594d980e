import NNXTensor
import TestSupport
import Testing

/// The product of the plain engine, by nnx's own loops and by OpenBLAS.
@Suite struct MatrixProductTests {
  @Test(
    arguments: [MatrixProduct.own, .openBLAS],
    [[1, 1, 1], [3, 5, 7], [4, 256, 256], [5, 257, 300], [9, 600, 513], [2, 3, 0]])
  func everyElementIsItsSum(product: MatrixProduct, shape: [Int]) throws {
    try product.prepare()
    let (m, n, k) = (shape[0], shape[1], shape[2])
    let (a, b) = (Tensor([m, k], randomValues(m * k, seed: 1)), randomValues(k * n, seed: 2))
    let right = Tensor([k, n], b)
    // Rows lie three elements farther apart than they are long; what is between them stays.
    let stride = n + 3
    for accumulates in [false, true] {
      let c = Tensor([m, stride], [Float](repeating: 2, count: m * stride))
      unsafe product.multiply(
        a.base, right.base, into: c.base, m: m, n: n, k: k, stride: stride,
        accumulate: accumulates)
      let (left, found) = (a.values, c.values)
      for row in 0..<m {
        for column in 0..<stride {
          var sum = accumulates || column >= n ? 2.0 : 0
          if column < n {
            for p in 0..<k { sum += Double(left[row * k + p]) * Double(b[p * n + column]) }
          }
          #expect(abs(Double(found[row * stride + column]) - sum) < 1e-4)
        }
      }
    }
  }
}
