import NNXDICOM
import NNXSystem

/// The series that a segmentation is made of, as far as the segmentation tells of it.
struct SEGSource {
  struct Instance {
    let classUID: String
    let instanceUID: String
    /// Of an enhanced one that holds many, from 1.
    let frame: Int?
    /// The centre of its first pixel, LPS, in mm.
    let position: [Double]
  }

  /// In the order of DICOM: rows and columns as they are stored, slices ascending along row × column.
  let geometry: Geometry
  /// Of each slice.
  let instances: [Instance]
  let seriesUID: String
  /// Data set of the first slice.
  let header: DICOMItem

  /// - Parameter path: of a series, as `SeriesAddress` has it.
  /// - Throws: what finding a series throws; `unsupported-dicom` for one that nothing can refer to.
  init(_ path: String) throws(NNXError) {
    guard let address = SeriesAddress(path) else {
      throw NNXError(.fileNotFound, "there is no series \(path)")
    }
    let (_, volume) = try DICOMScan(address.path).volume(address)
    try self.init(SliceStack(volume, path: path), path: path)
  }

  /// - Parameter path: what the series is called in errors.
  init(_ stack: SliceStack, path: String) throws(NNXError) {
    let slices = stack.slices
    let (first, last) = (slices[0], slices[slices.count - 1])
    header = try first.source.open(until: SEGTag.pixelData).dataset
    seriesUID = header.text(SEGTag.series) ?? ""
    let uids = [
      ("StudyInstanceUID", header.text(SEGTag.study)), ("SeriesInstanceUID", seriesUID),
      ("SOPClassUID", header.text(SEGTag.sopClass)),
      ("SOPInstanceUID", header.text(SEGTag.sopInstance)),
      ("FrameOfReferenceUID", header.text(SEGTag.frameOfReference)),
    ]
    let blank = uids.filter { $0.1?.isEmpty ?? true }.map(\.0)
    guard blank.isEmpty, slices.allSatisfy({ !$0.sopClass.isEmpty && !$0.sopInstance.isEmpty })
    else {
      throw NNXError(
        .unsupportedDICOM, "a DICOM segmentation cannot refer to \(path), whose UIDs are blank",
        details: [blank.isEmpty ? "those of some slices" : blank.joined(separator: ", ")],
        fixes: [
          "Write NIfTI or NRRD: -o x.nii.gz", "Or take the series as it was before its UIDs went",
        ])
    }
    let isEnhanced = Set(slices.map(\.sopInstance)).count < slices.count
    instances = slices.map { slice in
      Instance(
        classUID: slice.sopClass, instanceUID: slice.sopInstance,
        frame: isEnhanced ? slice.frame + 1 : nil, position: slice.position)
    }
    let axes = (Array(first.orientation[0..<3]), Array(first.orientation[3..<6]))
    let normal = cross(axes.0, axes.1)
    let height = dot(normal, zip(last.position, first.position).map { $0 - $1 })
    geometry = Geometry(
      shape: [slices.count, first.format.rows, first.format.columns],
      spacing: [height / Double(slices.count - 1), first.spacing[0], first.spacing[1]],
      origin: first.position,
      direction: (0..<3).flatMap { [axes.0[$0], axes.1[$0], normal[$0]] })
  }
}

/// Who made a segmentation, as it says itself.
package struct SEGAlgorithm: Sendable, Equatable {
  /// Of the model: `lung2-ct`.
  package var name: String
  package var version: String
  /// Where the model comes from: a DOI.
  package var source: String?
  /// What else decides about the result: digest, folds, post-processing.
  package var parameters: String?

  package init(name: String, version: String, source: String? = nil, parameters: String? = nil) {
    (self.name, self.version, self.source, self.parameters) = (name, version, source, parameters)
  }
}

/// How a DICOM segmentation stores its labels.
package enum SEGKind: String, CaseIterable, Sendable {
  /// A bit for each pixel of each segment: every viewer reads it.
  case binary
  /// The number of the segment for each pixel, packed (RLE): small, and newer than most viewers.
  case labelmap
}
