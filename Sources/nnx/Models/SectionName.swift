import ArgumentParser

/// What `nnx info NAME` calls its sections.
enum SectionName: String, CaseIterable, ExpressibleByArgument {
  case labels, inputs, files, license, licence, use, cite

  var section: ModelInfo.Section {
    switch self {
    case .labels: .labels
    case .inputs: .inputs
    case .files: .files
    case .license, .licence: .license
    case .use: .use
    case .cite: .cite
    }
  }
}
