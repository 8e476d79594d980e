internal import CBLAS
package import NNXSystem

/// Products of float32 matrices in C order through OpenBLAS, on the calling thread.
package enum MatrixProduct {
  private static let failure: String? = unsafe nnx_blas_load().map {
    unsafe String(cString: $0)
  }

  /// Loads OpenBLAS; before the first product.
  ///
  /// - Throws: `missing-library`.
  package static func prepare() throws(NNXError) {
    guard let failure else { return }
    throw NNXError(
      .missingLibrary, "cannot load OpenBLAS: \(failure)",
      fixes: ["Debian and Ubuntu: apt install libopenblas0"])
  }

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
    precondition(failure == nil, "OpenBLAS is not there")
    guard m > 0, n > 0 else { return }
    unsafe nnx_blas_sgemm(
      Int32(m), Int32(n), Int32(k), a, b, accumulate ? 1 : 0, c, Int32(stride))
  }
}
