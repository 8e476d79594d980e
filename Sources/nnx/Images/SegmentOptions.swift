import ArgumentParser
import NNXImage
import NNXSystem

/// What `nnx convert` can be told of DICOM segmentations.
struct SegmentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take this segment alone, by number or name; repeatable.", valueName: "segment"))
  var segment: [String] = []

  @Option(
    help: ArgumentHelp(
      "From which share on a voxel of a FRACTIONAL segmentation belongs, as in 0.5.",
      valueName: "share"))
  var threshold: Double?

  @Option(
    name: .customLong("seg-type"),
    help: ArgumentHelp(
      "How a DICOM segmentation is written: binary or labelmap.", valueName: "type"))
  var kind: SEGKind = .binary

  @Option(
    help: ArgumentHelp(
      "Who made the labels, for a DICOM segmentation: hand, or the name of a program.",
      valueName: "maker"))
  var madeBy: String?

  func validate() throws {
    guard threshold.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--threshold takes a share above 0, up to 1")
    }
  }

  /// The labels of a DICOM segmentation; `nil` for anything else.
  ///
  /// - Throws: as `SEGFile`; `usage` for a segment that there is not.
  func labels(of path: String) throws(NNXError) -> Segmentation? {
    guard SEGFile.isOne(path) else { return nil }
    let file = try SEGFile(path)
    let numbers = try segment.map { (text) throws(NNXError) in try file.number(of: text) }
    return try file.segmentation(
      segments: numbers.isEmpty ? nil : Set(numbers), threshold: threshold)
  }

  /// What a DICOM segmentation that is written says of itself.
  ///
  /// - Parameter labels: path of the labels; DICOM segmentations say who made them.
  func origin(like series: String?, of labels: String) -> SEGOrigin? {
    series.map { SEGOrigin(series: $0, algorithm: maker(of: labels), kind: kind) }
  }

  private func maker(of labels: String) -> SEGAlgorithm {
    if let madeBy {
      return madeBy == "hand" ? .hand : SEGAlgorithm(name: madeBy, version: nil)
    }
    guard SEGFile.isOne(labels) else { return .unknown }
    return (try? SEGFile(labels))?.algorithm ?? .unknown
  }
}

extension SEGKind: ExpressibleByArgument {}
