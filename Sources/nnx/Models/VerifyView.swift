import NNXReport
import NNXStore
import NNXSystem

/// What `nnx verify` says.
struct VerifyView {
  let context: Context
  private var table: Table
  private var models: [Members] = []
  private var notes: [String] = []
  private var damaged: [String] = []
  /// Whether damage was found and not repaired.
  private(set) var isBad = false

  init(context: Context) {
    self.context = context
    table = Table([.left(""), .right(""), .left(""), .left("", minimum: 20)], in: context)
  }

  mutating func add(
    _ verify: Verify, repaired: Installer.Repair? = nil, failed: NNXError? = nil
  ) {
    let model = verify.model
    let bad = verify.damaged
    let isDamaged = !bad.isEmpty && repaired == nil
    let state = isDamaged ? "BAD" : repaired != nil ? "repaired" : "ok"
    let name = model.isDefault ? model.name : "\(model.name)@\(model.version)"
    if isDamaged {
      isBad = true
      damaged.append(name)
    }
    var text = verify.chain
    if let first = bad.first {
      text = "\(first.path): \(describe(first))"
      if bad.count > 1 { text += " (and \(bad.count - 1) more)" }
    }
    if let repaired {
      text = "\(repaired.files.joined(separator: ", "))"
      if repaired.downloaded > 0 { text += ", \(Quantity.bytes(repaired.downloaded)) fetched" }
    }
    if model.isSlim, bad.isEmpty { text += "; checkpoints dropped" }
    let lacking = model.receipt.lacking
    if !lacking.isEmpty {
      notes.append(
        "note: \(name) is here in part, without \(shortList(lacking, most: 3)); the rest: "
          + "nnx install \(model.name)")
    }
    if !verify.others.isEmpty {
      notes.append(
        "note: \(counted(verify.others.count, "file")) of \(name) that nnx did not install, "
          + "and keeps: \(shortList(verify.others.map(\.path), most: 3))")
    }
    table.add(
      [name, counted(verify.files.count, "file"), state, text],
      inks: [2: isDamaged ? .bad : .good])
    if let failed { notes += ErrorText.lines(failed) }
    models.append(
      [
        "name": model.name, "version": model.version,
        "state": isDamaged ? "damaged" : model.receipt.isPartial ? "partial" : "ok",
        "deep": verify.isDeep, "chain": verify.chain, "slim": model.isSlim,
        "repaired": repaired?.files ?? [], "bytesDownloaded": repaired?.downloaded ?? 0,
        "error": failed.map { ["code": $0.code.name, "message": $0.message] as Members },
        "files": verify.files.map {
          [
            "path": $0.path, "state": $0.state.rawValue, "expected": $0.expected, "got": $0.got,
          ] as Members
        },
      ] + model.lackingJSON)
  }

  /// A model whose receipt cannot be read.
  mutating func add(unreadable model: StoredModel) {
    guard let problem = model.problem else { return }
    isBad = true
    let name = "\(model.name)@\(model.version)"
    damaged.append(name)
    table.add([name, "", "BAD", "its receipt cannot be read"])
    notes += ErrorText.lines(problem)
    models.append([
      "name": model.name, "version": model.version, "state": "damaged",
      "error": ["code": problem.code.name, "message": problem.message] as Members,
    ])
  }

  func finish() {
    if context.output.isQuiet {
      context.output.text(damaged)
    } else if models.isEmpty {
      context.output.text("No model is installed.")
    } else {
      context.output.text(Array(table.lines.dropFirst()))
      if !damaged.isEmpty, notes.isEmpty {
        context.output.text("")
        context.output.text("Repair: nnx verify --repair \(damaged.joined(separator: " "))")
      }
    }
    notes.forEach(context.output.note)
    context.output.json("verify", ["models": models])
  }

  private func describe(_ file: Verify.File) -> String {
    switch file.state {
    case .ok: "ok"
    case .missing: "missing"
    case .changed:
      file.got == nil ? "another size than installed" : "differs from what was installed"
    case .unknown: "was not put there by nnx"
    case .unreadable: "cannot be read"
    }
  }
}
