import ArgumentParser
import NNXImage
import NNXReport
import NNXSystem

/// What `nnx convert` can be told of labels.
struct SegmentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take this segment or label alone, by number or name; repeatable.", valueName: "segment"))
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

  /// The labels of a segmentation that names them, or of which some are asked for; `nil` for any other image.
  ///
  /// - Throws: as `SEGFile` and `readNamedSegmentation`; `usage` for a segment that there is not, and for options that
  ///   do not fit.
  func labels(of path: String) throws(NNXError) -> Segmentation? {
    if SEGFile.isOne(path) {
      let file = try SEGFile(path)
      var numbers: Set<Int> = []
      for text in segment { numbers.formUnion(try file.numbers(of: text)) }
      return try file.segmentation(
        segments: numbers.isEmpty ? nil : numbers, threshold: threshold)
    }
    guard threshold == nil else {
      throw NNXError(
        .usage, "--threshold is for FRACTIONAL segmentations of DICOM, and \(path) is none")
    }
    guard try ImageFormat(path: path) != .dicom else {
      guard segment.isEmpty else {
        throw NNXError(.usage, "--segment is for segmentations, and \(path) is a series of DICOM")
      }
      return nil
    }
    guard segment.isEmpty else {
      var labels = try readNamedSegmentation(path)
      try labels.keep(segment, path)
      return labels
    }
    guard try namesLabels(path) else { return nil }
    do throws(NNXError) {
      return try readNamedSegmentation(path)
    } catch {
      // Names do not make labels of an image; what is broken is broken as an image, too.
      guard error.code == .brokenImage else { throw error }
      return nil
    }
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
