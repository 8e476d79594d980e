import ArgumentParser
import NNXStore
import NNXSystem
import NNXTensor

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the store and what surrounds it.",
    usage: "nnx doctor [--fix] [--network] [--json]",
    discussion: """
      Without --fix nothing is changed. Exit status 1 means that something fails.

        nnx doctor --network
      """)

  @Flag(help: "Repair what can be repaired without losing anything.")
  var fix = false

  @Flag(help: "Ask Zenodo, too.")
  var network = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let doctor = Doctor(try context.store(), environment: context.environment)
    if fix { for line in try doctor.repair() { context.output.note("fixed: \(line)") } }
    let added = ((try? context.registryShelf().records()) ?? []).map(\.name)
    var checks =
      [Self.machine(), Self.build()]
      + doctor.checks(registries: context.settings.registries, added: added)
    if network { checks.append(Self.zenodo(context)) }
    let isAsked = network || context.output.isQuiet
    for check in checks where !context.output.isQuiet || check.state != .ok {
      let ink: Palette.Ink =
        check.state == .ok ? .good : check.state == .warn ? .caution : .bad
      let lines = Wrapping.lines(check.text, context.tableWidth - 6, deeper: 0)
      context.output.text(
        context.palette.paint(check.state.rawValue, ink)
          + String(repeating: " ", count: 6 - check.state.rawValue.count) + lines[0])
      context.output.text(lines.dropFirst().map { "      " + $0 })
      if let fix = check.fix { context.output.text("      fix: \(fix)") }
    }
    if !isAsked { context.output.text("-     network not asked: nnx doctor --network") }
    let failed = checks.count { $0.state == .fail }
    let warned = checks.count { $0.state == .warn }
    if !context.output.isQuiet {
      context.output.text([
        "",
        "\(counted(failed, "problem")), \(counted(warned, "warning"))",
      ])
    }
    context.output.json("doctor", ["checks": checks.map(\.json)])
    if failed > 0 { throw ExitCode(NNXError.ExitStatus.negative.rawValue) }
  }

  private static func machine() -> Check {
    let kernels = Result { try Kernels.chosen().name }
    let memory = Quantity.bytes(ProcessFacts.physicalMemory)
    switch kernels {
    case .success(let name):
      return Check(
        "machine", .ok,
        "nnx \(Version.current), \(name) kernels, \(Threads.all.count) cores, \(memory) memory")
    case .failure(let error):
      return Check("machine", .fail, (error as? NNXError)?.message ?? "no kernels")
    }
  }

  /// What this file was built from, and the libraries inside of it.
  private static func build() -> Check {
    let inside = BuildFacts.libraries.map { "\($0.name) \($0.version)" }
    let words = inside.isEmpty ? "" : "; inside: " + inside.joined(separator: ", ")
    return Check("build", .ok, "built from \(BuildFacts.summary)\(words)")
  }

  private static func zenodo(_ context: Context) -> Check {
    guard !context.isOffline else {
      return Check("network", .warn, "not asked: nnx is set to use no network")
    }
    do {
      // Any record does; this one is the first that the registry names.
      _ = try Zenodo.record(11_582_738, asking: context.web)
      return Check("network", .ok, "zenodo.org answers")
    } catch {
      return Check("network", .fail, error.message, fix: error.fixes.first)
    }
  }
}

extension Check {
  fileprivate var json: Members {
    ["id": id, "state": state.rawValue, "text": text, "fix": fix]
  }
}
