import NNXStore
import NNXSystem

extension Sync.Step {
  private var parts: (done: String, wouldDo: String, name: String, version: String) {
    switch self {
    case .keep(let model): ("kept", "keep", model.name, model.version)
    case .select(let model): ("selected", "select", model.name, model.version)
    case .install(let plan, _):
      ("installed", "install", plan.name, plan.version ?? plan.promise?.version ?? "")
    case .remove(let model): ("removed", "remove", model.name, model.version)
    case .fail(let model, _): ("FAILED", "cannot", model.name, model.version)
    }
  }

  func text(_ isDryRun: Bool, _ isQuiet: Bool) -> String? {
    isQuiet
      ? parts.name
      : "\((isDryRun ? parts.wouldDo : parts.done).padding(to: 9)) \(parts.name) \(parts.version)"
  }

  var json: Members {
    [
      "action": parts.wouldDo, "name": parts.name,
      "version": parts.version,
    ]
  }
}
