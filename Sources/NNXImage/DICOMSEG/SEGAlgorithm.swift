import NNXDICOM

/// Who made a segmentation, as it says itself.
package struct SEGAlgorithm: Sendable, Equatable {
  /// SegmentAlgorithmType (DICOM PS3.3, C.8.20.2).
  package enum Means: String, Sendable {
    case automatic = "AUTOMATIC"
    /// With somebody's help.
    case semiautomatic = "SEMIAUTOMATIC"
    case manual = "MANUAL"
  }

  package var means = Means.automatic
  /// Of the model: `lung2-ct`; empty where a person drew.
  package var name: String
  /// `nil` where it is not known; then nothing but the name is told.
  package var version: String?
  /// Where the model comes from: a DOI.
  package var source: String?
  /// What else decides about the result: digest, folds, post-processing.
  package var parameters: String?

  package init(
    name: String, version: String?, source: String? = nil, parameters: String? = nil,
    means: Means = .automatic
  ) {
    (self.name, self.version, self.source, self.parameters) = (name, version, source, parameters)
    self.means = means
  }

  /// Whether all that it is called is.
  var isASCII: Bool {
    [name, version ?? "", source ?? "", parameters ?? ""].allSatisfy(SEGText.isASCII)
  }

  /// A person.
  package static let hand = SEGAlgorithm(name: "", version: nil, means: .manual)
  /// Labels of which nobody says how they came about. DICOM has no word for it: neither drawn nor computed alone is
  /// what claims least.
  package static let unknown = SEGAlgorithm(name: "not known", version: nil, means: .semiautomatic)

  /// Of a segment in a file.
  init?(_ item: DICOMItem) {
    guard let means = item.text(SEGTag.algorithmType).flatMap(Means.init) else { return nil }
    self.init(name: item.text(SEGTag.algorithmName) ?? "", version: nil, means: means)
    guard let known = item.item(SEGTag.algorithm) else { return }
    version = known.text(SEGTag.algorithmVersion)
    source = known.text(SEGTag.algorithmSource)
    parameters = known.text(SEGTag.algorithmParameters)
  }
}
