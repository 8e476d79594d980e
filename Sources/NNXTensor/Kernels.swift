package import CKernels
import Glibc
package import NNXSystem

/// The C kernels of one instruction set (docs/kernels.md).
///
/// Chosen once: the best set that the processor can run, or the one that the environment variable
/// `NNX_KERNELS` names.
@safe package struct Kernels: @unchecked Sendable {
  /// The functions. The tables are constants of the program.
  package let table: nnx_kernels
  /// Set where networks run in the plain engine instead (`NNX_KERNELS=plain` or `openblas`), which
  /// multiplies by this: slow, and a second opinion on all others.
  package let plain: MatrixProduct?

  init(_ table: nnx_kernels, plain: MatrixProduct? = nil) {
    unsafe self.table = table
    self.plain = plain
  }

  /// `avx512`, `avx2`, `baseline`, `neon`, `wide`, `plain` or `openblas`.
  package var name: String {
    switch plain {
    case nil: unsafe String(cString: table.name)
    case .own: "plain"
    case .openBLAS: "openblas"
    }
  }

  /// Whether networks run in the plain engine.
  package var runsPlain: Bool { plain != nil }

  /// Channels in a block: the innermost axis of blocked tensors.
  package var lanes: Int { unsafe Int(table.lanes) }

  /// The sets that this processor can run, best first, without the plain engine.
  package static let available: [Kernels] = {
    var list: [Kernels] = []
    while let table = unsafe nnx_kernels_available(Int32(list.count)) {
      list.append(unsafe Kernels(table.pointee))
    }
    return list
  }()

  /// The set of that name.
  ///
  /// - Throws: `usage` when this processor has no such set.
  package static func named(_ name: String) throws(NNXError) -> Kernels {
    let all =
      available
      + [MatrixProduct.own, .openBLAS].map { unsafe Kernels(available[0].table, plain: $0) }
    if let kernels = all.first(where: { $0.name == name }) { return kernels }
    let names = all.map(\.name).joined(separator: ", ")
    throw NNXError(
      .usage, "this processor has no kernels named '\(name)' (NNX_KERNELS)",
      details: ["available: \(names)"],
      fixes: ["unset NNX_KERNELS, or set it to one of these names"])
  }

  /// The set that `NNX_KERNELS` names, else the best one.
  ///
  /// - Throws: `usage` when `NNX_KERNELS` names a set that this processor cannot run.
  package static func chosen() throws(NNXError) -> Kernels { try choice.get() }

  private static let choice: Result<Kernels, NNXError> = {
    guard let value = unsafe getenv("NNX_KERNELS"), unsafe value.pointee != 0 else {
      return .success(available[0])
    }
    do throws(NNXError) {
      return .success(try named(unsafe String(cString: value)))
    } catch {
      return .failure(error)
    }
  }()
}
