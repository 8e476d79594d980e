import NNXImage
import NNXModel
import NNXSystem

extension Predictor {
  /// What a DICOM segmentation says of how it was made.
  func origin(of item: Case) -> SEGOrigin {
    let name = identity["name"]?.string ?? "nnU-Net"
    let sources = identity["source"]?.array ?? []
    var parts = ["configuration \(model.configuration)"]
    if let digest = identity["digest"]?.string { parts.append("digest \(digest)") }
    if recipe != nil { parts.append("with the publisher's recipe") }
    return SEGOrigin(
      series: item.images[0],
      algorithm: SEGAlgorithm(
        name: name, version: identity["version"]?.string ?? "unknown",
        source: sources.lazy.compactMap { $0["doi"]?.string }.first,
        parameters: parts.joined(separator: "; ")), kind: options.segKind)
  }
}
