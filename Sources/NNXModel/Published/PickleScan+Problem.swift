import NNXSystem

extension PickleScan {
  /// The error for what nnx refuses of a file's pickles, what could run first; `nil` when they are
  /// harmless.
  ///
  /// - Parameter path: what to call the file.
  static func problem(of scans: [PickleScan], in path: String) -> NNXError? {
    let findings = scans.flatMap(\.findings)
    if let worst = findings.first(where: \.isUnsafe) {
      return NNXError(
        .unsafePickle, "\(path) \(worst.told(isDangerous: true)) at byte \(worst.offset); refused",
        details: ["nnx reads models as data and never runs code from them"])
    }
    return findings.first.map { first in
      NNXError(
        .invalidCheckpoint,
        "\(path) \(first.told(isDangerous: false)) at byte \(first.offset), which nnx does not read",
        details: [
          "It runs nothing, but is no plain value either: PyTorch's weights_only=True refuses it"
        ],
        fixes: ["Save the checkpoint again without it: torch.load, delete the entry, torch.save"])
    }
  }

  private struct Finding {
    var name: String?
    var what: String
    var offset: Int
    var isUnsafe: Bool

    func told(isDangerous: Bool) -> String {
      if let name { return "\(isDangerous ? "asks for" : "names") \(name)" }
      return "uses \(what)"
    }
  }

  /// Refused instructions and names by their place in the file; calls of such names come behind.
  private var findings: [Finding] {
    let instructions = refusals.map {
      Finding(what: $0.what, offset: $0.offset, isUnsafe: $0.isUnsafe)
    }
    let names = globals.filter { !$0.isAllowed }.map {
      Finding(name: $0.name, what: "", offset: $0.offset, isUnsafe: $0.isUnsafe)
    }
    return (instructions + names).enumerated().sorted {
      ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
    }.map(\.element)
  }
}
