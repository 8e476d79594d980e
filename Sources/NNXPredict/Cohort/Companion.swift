import NNXImage
import NNXSystem

/// A file that is made of a segmentation and appears beside it, such as its numbers or a picture.
package struct Companion {
  /// What a file is made for.
  package struct Facts {
    package let `case`: Case
    /// Where the segmentation will be.
    package let segmentation: String
  }

  package let kind: ResultFile
  /// Gives the file's bytes, from the path where the segmentation can be read at that time.
  let make: (_ segmentation: String, _ facts: Facts) throws -> [UInt8]

  package init(_ kind: ResultFile, make: @escaping (String, Facts) throws -> [UInt8]) {
    (self.kind, self.make) = (kind, make)
  }
}

extension Predictor {
  /// All files that a case leaves.
  ///
  /// - Parameter output: path of its segmentation.
  package func files(of item: Case, to output: String) -> CaseFiles {
    var kinds = Set(companions.map(\.kind))
    var places: [ResultFile: String] = [:]
    if options.savesProbabilities { kinds.insert(.probabilities) }
    if options.uncertainty != .none { kinds.insert(.uncertainty) }
    if case .file(let path) = options.uncertainty { places[.uncertainty] = path }
    if let path = SpacingFile.needed(for: output, of: item.images[0], reader: reader) {
      kinds.insert(.spacing)
      places[.spacing] = path
    }
    return CaseFiles(output, kinds, places: places)
  }

  /// Checks that no file of any case is one that the run reads, or one of another case, and that all can be
  /// made.
  ///
  /// - Throws: `output-exists`, `cannot-write`, `usage`.
  package func checkOutputs(_ cases: [Case], _ targets: OutputPaths) throws(NNXError) {
    // What cannot be predicted writes nothing.
    let planned = zip(cases, targets.segmentations).filter { $0.0.problem == nil }
      .map { self.files(of: $0.0, to: $0.1) }
    try checkOutputs(cases, planned)
  }

  func checkOutputs(_ cases: [Case], _ files: [CaseFiles]) throws(NNXError) {
    var inputs: [OutputPlan.Input] = []
    for item in cases {
      for image in item.images {
        inputs.append(.init(image, "an image of this run"))
        inputs += furtherFiles(ofImage: image).map { .init($0, "a part of an image of this run") }
      }
      inputs += members.flatMap { $0.previousFiles(of: item) }.map {
        .init($0, "a segmentation of the stage before")
      }
    }
    try OutputPlan(reading: inputs).check(files.flatMap(\.outputs))
  }
}
