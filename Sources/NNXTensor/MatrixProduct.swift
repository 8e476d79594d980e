internal import CBLAS

/// Products of float32 matrices in C order through OpenBLAS, on the calling thread.
package enum MatrixProduct {
  private static let oneThread: Void = openblas_set_num_threads(1)

  /// `c = a b`, or `c += a b` when `accumulate`; `a` is (m, k), `b` is (k, n), `c` is (m, n).
  ///
  /// - Parameters:
  ///   - a: `m * k` elements.
  ///   - b: `k` rows of `n` elements.
  ///   - c: `m` rows of `n` elements, `stride` elements apart.
  @unsafe package static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    m: Int, n: Int, k: Int, stride: Int, accumulate: Bool = false
  ) {
    _ = oneThread
    guard m > 0, n > 0 else { return }
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(k), b,
      Int32(n), accumulate ? 1 : 0, c, Int32(stride))
  }
}
