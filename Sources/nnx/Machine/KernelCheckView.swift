import NNXModel
import NNXNetwork
import NNXPredict
import NNXStore
import NNXSystem
import NNXTensor

/// Compares the fast kernels with the plain engine on a model's own weights, once it is installed.
struct KernelCheckView {
  let context: Context

  /// A model that is installed stays so: what cannot be checked now is checked before it predicts.
  func check(_ model: InstalledModel) {
    do {
      let checks = try context.kernelChecks()
      for set in model.receipt.sets where set.unsupported == nil {
        let folder = try model.open(set: set.id)
        for entry in folder.entries where entry.unsupported == nil {
          for fold in entry.folds {
            let check = try checks.check(
              fold, of: folder, entry.description,
              threads: context.threads)
            guard let check, check.choice != .fast else { continue }
            context.output.note(
              "note: fold \(fold.name): " + KernelCheckView.words(check))
          }
        }
      }
    } catch {
      let reason = (error as? NNXError)?.message ?? "\(error)"
      context.output.note("note: the kernels were not checked with these weights: \(reason)")
    }
  }

  /// `avx512 kernels within 2.1e-06 of the plain engine`.
  static func words(_ check: KernelCheck) -> String {
    let error = Quantity.scientific(check.error)
    switch check.choice {
    case .fast: return "\(check.kernels) kernels within \(error) of the plain engine"
    case .direct:
      return
        "\(check.kernels) kernels off by \(error) of the range of logits; direct convolutions run"
    case .plain:
      return
        "\(check.kernels) kernels off by \(error) of the range of logits; the plain engine runs"
    }
  }
}
