import ArgumentParser
import NNXStore
import NNXSystem

struct Lock: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Write down exactly which models are installed.",
    usage: "nnx lock [<name> ...] [--check] [--file <file>]",
    discussion: """
      nnx.lock names records, versions and digests. Keep it with your project; \
      'nnx sync' installs exactly these models elsewhere.
      """)

  @Argument(help: "Installed models; all of them, unless given.")
  var names: [String] = []

  @Flag(help: "Write nothing; exit 1 if the lock does not describe what is installed.")
  var check = false

  @Option(name: .shortAndLong, help: ArgumentHelp("The lock.", valueName: "file"))
  var file = LockFile.fileName

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    if check { return try compare(store, context) }
    let output = try AnswerFile(
      file, reading: [], overwrites: true, author: LockFile.author(of:))
    let models = try names.isEmpty ? store.installed().filter(\.isDefault) : names.map(store.find)
    let lock = try LockFile(
      models, registry: context.openRegistry(), folder: LockFile.folder(of: file))
    let before = try? LockFile(contentsOf: file)
    if before != lock { try output.write(lock.text) }
    let count = counted(models.count, "model")
    context.output.answer(
      "lock",
      [
        "file": file, "changed": before != lock,
        "models": lock.models.map { ["name": $0.name, "version": $0.version] as Members },
      ], quiet: lock.models.map(\.name),
      text: ["\(before == lock ? "Kept" : "Wrote") \(file): \(count)."])
    let local = models.filter { ![.registry, .record].contains($0.receipt.source.kind) }
    if !local.isEmpty {
      context.output.note(
        "note: \(local.map(\.name).joined(separator: ", ")): from this machine; nnx sync elsewhere "
          + "needs the same file there, or a pack: nnx pack \(local[0].name)")
    }
  }

  private func compare(_ store: Store, _ context: Context) throws {
    let findings = LockCheck(
      try LockFile(contentsOf: file), try store.installed(), names: names
    ).findings
    context.output.text(
      findings.isEmpty ? ["\(file) describes what is installed."] : findings.map(\.text))
    let answer: Members = ["file": file, "findings": findings.map(\.json)]
    guard findings.isEmpty else {
      let error = NNXError(
        .lockDiffers, "\(file) does not describe what is installed",
        details: findings.map(\.text), fixes: ["Bring what it names: nnx sync"])
      context.output.failure("lock", error, answer)
      throw ExitCode(error.code.status.rawValue)
    }
    context.output.json("lock", answer)
  }
}

extension NNXError.Code {
  fileprivate static let lockDiffers = NNXError.Code("lock-differs", .negative)
}

extension LockCheck.Finding {
  fileprivate var parts: (state: String, name: String, version: String) {
    switch self {
    case .missing(let model): ("missing", model.name, model.version)
    case .differs(let model): ("differs", model.name, model.version)
    case .unknown(let name, let version): ("unlocked", name, version)
    }
  }

  fileprivate var text: String { "\(parts.state.padding(to: 9)) \(parts.name) \(parts.version)" }

  fileprivate var json: Members {
    ["state": parts.state, "name": parts.name, "version": parts.version]
  }
}
