internal import CBLAS
internal import CKernels
package import NNXSystem

/// Products of float32 matrices in C order, on the calling thread: what the plain engine multiplies by.
package enum MatrixProduct: Sendable {
  /// nnx's own loops.
  case own
  /// OpenBLAS, the second opinion where it is installed.
  case openBLAS

  private static let failure: String? = unsafe nnx_blas_load().map {
    unsafe String(cString: $0)
  }

  /// Loads what it needs; before the first product.
  ///
  /// - Throws: `missing-library`.
  package func prepare() throws(NNXError) {
    guard self == .openBLAS, let failure = Self.failure else { return }
    throw NNXError(
      .missingLibrary, "cannot load OpenBLAS: \(failure)",
      fixes: [
        "NNX_KERNELS=plain runs the same engine without it",
        "Debian and Ubuntu: apt install libopenblas0",
      ])
  }

  /// `c = a b`, or `c += a b` when `accumulate`; `a` is (m, k), `b` is (k, n), `c` is (m, n).
  ///
  /// - Parameters:
  ///   - a: `m * k` elements.
  ///   - b: `k` rows of `n` elements.
  ///   - c: `m` rows of `n` elements, `stride` elements apart.
  @unsafe package func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    m: Int, n: Int, k: Int, stride: Int, accumulate: Bool = false
  ) {
    guard m > 0, n > 0 else { return }
    switch self {
    case .own: unsafe nnx_plain_product(m, n, k, a, b, accumulate ? 1 : 0, c, stride)
    case .openBLAS:
      precondition(Self.failure == nil, "OpenBLAS is not there")
      unsafe nnx_blas_sgemm(
        Int32(m), Int32(n), Int32(k), a, b, accumulate ? 1 : 0, c, Int32(stride))
    }
  }
}

extension Kernels {
  /// The sum of `a[i] * b[i]` in double, as its definition says.
  @unsafe package static func dot(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double { unsafe nnx_plain_dot(a, b, count) }
}
