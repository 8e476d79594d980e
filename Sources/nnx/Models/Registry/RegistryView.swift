import NNXModel
import NNXStore
import NNXSystem

/// What people see of a registry before they trust it.
struct RegistryView {
  let context: Context

  /// What it holds, which hosts it leads to, and which names clash or nearly do.
  func announce(_ candidate: RegistryCandidate, beside known: Registry, isFirst: Bool) {
    var fields = FieldList(width: context.width)
    let registry = candidate.registry
    fields.add("version", "\(registry.version), of \(registry.updated)")
    fields.add("models", registry.names.joined(separator: ", "))
    fields.add(
      "hosts",
      candidate.hosts.isEmpty
        ? "none but zenodo.org, github.com and huggingface.co"
        : candidate.hosts.joined(separator: ", "))
    fields.add("sha256", candidate.sha256)
    context.output.note(candidate.source.document)
    fields.lines.forEach(context.output.note)
    let names = candidate.collisions(with: known)
    if let first = names.first {
      let winner = isFirst ? "this one's count" : "the known ones count"
      let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      let more = names.count > 3 ? " and \(names.count - 3) more" : ""
      context.output.note(
        "warning: \(shown)\(more) \(names.count == 1 ? "is" : "are") known already; \(winner), the others are REGISTRY/\(first)"
          + (names.count > 1 ? " and so on" : ""))
    }
    for (name, other) in candidate.lookalikes(of: known) {
      context.output.note("warning: '\(name)' is one letter away from the known '\(other)'")
    }
  }

  /// - Throws: `not-trusted` when the answer is no, or nobody can be asked.
  func requireTrust(_ isGiven: Bool, _ question: String) throws(NNXError) {
    guard !isGiven else { return }
    guard context.confirm(question, assumed: false) == true else {
      throw NNXError(
        .notTrusted, "the registry was not trusted; nothing was changed",
        fixes: ["If you trust it, say so: --trust"])
    }
  }

  func json(_ candidate: RegistryCandidate, name: String, beside known: Registry) -> Members {
    [
      "name": name, "source": candidate.source.document, "version": candidate.registry.version,
      "sha256": candidate.sha256, "hosts": candidate.hosts,
      "models": candidate.registry.names,
      "collisions": candidate.collisions(with: known),
      "lookalikes": candidate.lookalikes(of: known).map {
        ["name": $0.name, "known": $0.known] as Members
      },
    ]
  }
}
