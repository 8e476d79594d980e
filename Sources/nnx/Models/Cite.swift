import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Cite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cite",
    abstract: "Print what to cite for models, or for what a run used.",
    usage: "nnx cite <name | record.json> ... [--format <format>]",
    discussion: """
      The records of the weights, the papers that their publisher names, and nnU-Net \
      itself; each once. Formats: bibtex, ris, text, csl.

        nnx cite liver2-ct lung2-ct >> references.bib
        nnx cite segmentations/case1.nnx.json --format text
      """)

  @Argument(
    help: "Name of a model, or a segmentation or its record.", completion: .models)
  var subjects: [String]

  @Option(help: ArgumentHelp("bibtex, ris, text or csl.", valueName: "format"))
  var format: CitationFormat = .bibtex

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let installed = try context.store().installed()
    let cited = registry.distinct(
      try subjects.flatMap { try works(citing: $0, registry, installed) })
    let text = format.text(cited)
    context.output.answer(
      "cite", ["works": cited, "text": text],
      quiet: cited.map { $0.doi ?? $0.url ?? $0.key },
      text: text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init))
  }

  private func works(
    citing subject: String, _ registry: Registry, _ installed: [InstalledModel]
  ) throws -> [Citation] {
    if VerifyRuns.isRun(subject) {
      let record = VerifyRuns.record(of: subject)
      return try registry.works(
        citingRun: OrderedJSON(contentsOf: record), source: record, installed: installed)
    }
    let name = registry.installedName(subject.lowercased())
    let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
    if let model = installed.first(where: {
      $0.name == parts.first && (parts.count == 1 ? $0.isDefault : $0.version == parts[1])
    }) {
      return registry.works(citing: model)
    }
    guard case .card(let card) = try registry.resolve(ModelSelector(subject)) else {
      throw registry.unknownModel(subject)
    }
    return registry.works(citing: card)
  }
}

extension CitationFormat: ExpressibleByArgument {}
