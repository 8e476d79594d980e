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
  /// Whether convolutions go through OpenBLAS instead (`NNX_KERNELS=openblas`): slow, and a second
  /// opinion on all others.
  package let prefersOpenBLAS: Bool

  init(_ table: nnx_kernels, prefersOpenBLAS: Bool = false) {
    unsafe self.table = table
    self.prefersOpenBLAS = prefersOpenBLAS
  }

  /// `avx512`, `avx2`, `baseline`, `neon`, `wide` or `openblas`.
  package var name: String {
    prefersOpenBLAS ? "openblas" : unsafe String(cString: table.name)
  }

  /// Channels in a block: the innermost axis of blocked tensors.
  package var lanes: Int { unsafe Int(table.lanes) }

  /// The sets that this processor can run, best first, without OpenBLAS.
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
    if name == "openblas" { return unsafe Kernels(available[0].table, prefersOpenBLAS: true) }
    if let kernels = available.first(where: { $0.name == name }) { return kernels }
    let names = (available.map(\.name) + ["openblas"]).joined(separator: ", ")
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
