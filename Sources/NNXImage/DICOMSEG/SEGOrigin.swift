import NNXSystem

/// What labels were made of and by whom, for a DICOM segmentation.
package struct SEGOrigin: Sendable, Equatable {
  /// Path of the series, as `SeriesAddress` has it.
  package var series: String
  package var algorithm: SEGAlgorithm
  package var kind: SEGKind

  package init(series: String, algorithm: SEGAlgorithm, kind: SEGKind = .binary) {
    (self.series, self.algorithm, self.kind) = (series, algorithm, kind)
  }

  /// Checks that a series can be referred to, before anything is computed.
  ///
  /// - Throws: as `SEGSource`; `unsupported-image` for an image that is no series.
  package static func check(_ path: String, target: String) throws(NNXError) {
    guard try ImageFormat(path: path) == .dicom else { throw .noSeries(target) }
    _ = try SEGSource(path)
  }

  /// Whether a file of this name is a DICOM segmentation.
  package static func isTarget(_ path: String) -> Bool { path.lowercased().hasSuffix(".dcm") }

  /// Who wrote the DICOM file at a path.
  package static func author(_ path: String) -> OutputPlan.Author {
    guard SEGFile.isOne(path), SEGFile.isOurs(path) else { return .someone }
    return FileSeal.isWhole(path).map { $0 ? .nnx : .changed } ?? .untold
  }
}

extension Segmentation {
  /// Writes a DICOM segmentation on the grid of its series, whatever the order of these labels.
  ///
  /// - Throws: `unsupported-image` without an origin; what finding the series and `SEGWriter.write` throw.
  func writeDICOM(to path: String) throws(NNXError) {
    guard let origin else { throw .noSeries(path) }
    let source = try SEGSource(origin.series)
    let placed = placed(on: source.geometry, header: header)
    try SEGWriter(source, by: origin.algorithm, kind: origin.kind)
      .write(placed.labels, table, to: path)
  }
}

extension NNXError {
  fileprivate static func noSeries(_ path: String) -> NNXError {
    NNXError(
      .unsupportedImage, "\(path) would be a DICOM segmentation, which belongs to a series",
      fixes: [
        "Give the series: nnx convert labels.nii.gz -o x.dcm --like SERIES",
        "Or write NIfTI (.nii.gz)",
      ])
  }
}
