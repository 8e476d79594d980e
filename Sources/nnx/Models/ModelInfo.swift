import NNXModel
import NNXPredict
import NNXStore
import NNXSystem

/// A model as `nnx info` shows it: what the registry says, what is installed, or both.
struct ModelInfo {
  enum Section {
    case labels, inputs, files, license, use, cite
  }

  struct Subject {
    var card: ModelCard?
    var installed: InstalledModel?
    /// The entry of a newer version.
    var update: ModelCard?
  }

  let subject: Subject
  let width: Int
  let environment: [String: String]
  /// What is known of the kernels with this model's weights.
  let checks: KernelCheckCache?
  /// The networks that are installed, by set of weights.
  let networks: [(set: Receipt.WeightsInstalled, entries: [ModelFolder.Entry])]

  init(_ subject: Subject, context: Context) {
    self.subject = subject
    width = context.width
    environment = context.environment
    checks = try? context.kernelChecks()
    networks = (subject.installed?.receipt.sets ?? []).map { set in
      (set, (try? subject.installed?.open(set: set.id))?.entries ?? [])
    }
  }

  var name: String { subject.installed?.name ?? subject.card?.name ?? "" }

  private var title: String { subject.card?.title ?? subject.installed?.receipt.title ?? "" }

  private var version: String { subject.installed?.version ?? subject.card?.version ?? "" }

  /// The licence statements: those that were shown at install, else the registry's.
  var licenses: [License] { subject.installed?.receipt.licenses ?? subject.card?.licenses ?? [] }

  var warnings: [Output.Warning] {
    [licenseConflict(name, licenses)].compactMap(\.self)
  }

  /// - Parameter sections: which parts to show; empty: all of it but the list of files.
  func lines(_ sections: [Section]) -> [String] {
    var fields = FieldList(width: width)
    guard sections.isEmpty else {
      for section in sections { add(section, to: &fields) }
      return fields.lines.isEmpty ? ["Nothing is known about that."] : fields.lines
    }
    addState(to: &fields)
    add(.license, to: &fields)
    add(.inputs, to: &fields)
    add(.labels, to: &fields)
    addNetworks(to: &fields)
    add(.use, to: &fields)
    addRelations(to: &fields)
    add(.cite, to: &fields)
    return header + fields.lines + ["", "For research only; not a medical device."]
  }

  /// Name and version on the left, title on the right where there is room.
  private var header: [String] {
    let head = "\(name) \(version)"
    guard head.count + 2 + title.count <= width else {
      return [head] + FieldList.wrap(title, width - 2).map { "  " + $0 }
    }
    return [head + title.leftPadding(to: width - head.count)]
  }

  private func add(_ section: Section, to fields: inout FieldList) {
    switch section {
    case .labels: addLabels(to: &fields)
    case .inputs: addInputs(to: &fields)
    case .files: addFiles(to: &fields)
    case .license:
      fields.add("licence", ModelInfo.licences(licenses))
    case .use: addUse(to: &fields)
    case .cite:
      let works = (subject.card?.recordCitations ?? []) + (subject.card?.citations ?? [])
      let own = subject.installed?.receipt.source.archives.compactMap(\.doi) ?? []
      fields.add("cite", works.isEmpty ? own : works.compactMap { $0.doi ?? $0.url })
      fields.add("", subject.card?.references ?? [])
    }
  }

  /// Who says what; the stricter of conflicting statements counts.
  static func licences(_ licenses: [License]) -> [String] {
    let stated = licenses.filter { $0.scope == .weights || $0.scope == nil }
    var lines = stated.map { "\($0.spdx) says \($0.statedBy)" }
    switch CommercialUse(licenses) {
    case .conflict: lines.append("(they differ: the stricter counts, non-commercial use only)")
    case .no: lines.append("(non-commercial use only)")
    case .yes, .unknown: break
    }
    return lines.isEmpty ? ["unknown"] : lines
  }
}
