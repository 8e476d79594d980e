import NNXImage
import NNXSystem

extension Predictor {
  /// All files that a case leaves.
  ///
  /// - Parameter output: path of its segmentation.
  package func files(of item: Case, to output: String) -> CaseFiles {
    var kinds = Set(companions.map(\.kind))
    var places: [ResultFile: String] = [:]
    if options.savesProbabilities { kinds.insert(.probabilities) }
    if options.softMaps { kinds.formUnion([.canal, .cord]) }
    if options.spineLevels { kinds.insert(.levels) }
    if options.uncertainty != .none { kinds.insert(.uncertainty) }
    if case .file(let path) = options.uncertainty { places[.uncertainty] = path }
    if let path = SpacingFile.needed(for: output, of: item.images[0], reader: reader) {
      kinds.insert(.spacing)
      places[.spacing] = path
    }
    return CaseFiles(output, kinds, places: places, masks: structures.map(\.name))
  }

  /// Checks that no file of any case is one that the run reads, or one of another case, and that all can be
  /// made.
  ///
  /// - Throws: `output-exists`, `cannot-write`, `usage`.
  package func checkOutputs(_ cases: [Case], _ targets: OutputPaths) throws(NNXError) {
    // What cannot be predicted writes nothing.
    let possible = zip(cases, targets.segmentations).filter { $0.0.problem == nil }
      .map { self.files(of: $0.0, to: $0.1) }
    try checkOutputs(cases, possible)
  }

  /// The cases, of which fails alone whose results would have the names of another case's.
  package func withoutClashes(_ cases: [Case], _ targets: OutputPaths) -> [Case] {
    var owners: [String: String] = [:]
    var places = PathResolver()
    return zip(cases, targets.segmentations).map { item, target in
      guard item.problem == nil else { return item }
      var item = item
      let paths = files(of: item, to: target).all.map { ($0.path, place: places.resolved($0.path)) }
      let taken = paths.lazy.compactMap { path, place in owners[place].map { (path, $0) } }.first
      if let (taken, owner) = taken {
        item.problem = NNXError(
          .outputExists, "\(taken) would be a result of \(owner), too",
          fixes: ["Give one of the two images another name"])
      } else {
        for (_, place) in paths { owners[place] = item.name }
      }
      return item
    }
  }

  func checkOutputs(_ cases: [Case], _ files: [CaseFiles]) throws(NNXError) {
    var inputs: [OutputPlan.Input] = []
    for item in cases {
      for image in item.images {
        inputs.append(.init(image, "an image of this run"))
        // A series that cannot be found is told of when it is read.
        let parts = (try? allFiles(ofImage: image)) ?? []
        inputs += parts.filter { $0 != image }.map { .init($0, "a part of an image of this run") }
      }
      inputs += members.flatMap { $0.previousFiles(of: item) }.map {
        .init($0, "a segmentation of the stage before")
      }
    }
    for item in localizer == nil ? [] : cases {
      guard let path = try? localizer?.path(of: item) else { continue }
      inputs.append(.init(path, "a localizer of this run"))
    }
    try OutputPlan(reading: inputs).check(files.flatMap(\.outputs))
  }
}
