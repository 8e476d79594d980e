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
    let (_, volume) = try DICOMScan.of(address.path).volume(address)
    let stack: SliceStack
    do throws(NNXError) { stack = try SliceStack(volume, path: path) } catch {
      throw Self.isNoPlace(error)
    }
    try self.init(stack, path: path)
  }

  /// Of slices that are not one volume as they are, whatever is made of them elsewhere.
  private static func isNoPlace(_ error: NNXError) -> NNXError {
    var error = error
    error.details.append(
      "a DICOM segmentation lies on the scanner's own slices, whatever is allowed")
    error.fixes.removeAll { $0.contains("--allow ") }
    error.fixes.append("Or write NIfTI or NRRD: -o x.nii.gz")
    return error
  }

  /// - Parameter path: what the series is called in errors.
  init(_ stack: SliceStack, path: String) throws(NNXError) {
    let slices = stack.slices
    let (first, last) = (slices[0], slices[slices.count - 1])
    header = try first.source.open(until: DICOMTag.pixelData).dataset
    seriesUID = header.text(DICOMTag.seriesInstance) ?? ""
    let files = Set(slices.map(\.source.path)).count
    let instances = Set(slices.map(\.uids.sopInstance))
    let wrong = [
      seriesUID.isEmpty ? "SeriesInstanceUID is blank" : nil,
      Self.problem("StudyInstanceUID", Set(slices.map(\.uids.study))),
      Self.problem("FrameOfReferenceUID", Set(slices.map(\.uids.frameOfReference))),
      slices.contains { $0.uids.sopClass.isEmpty } ? "SOPClassUID is blank" : nil,
      instances.contains("")
        ? "SOPInstanceUID is blank"
        : instances.count < files ? "\(files) files share \(instances.count) SOPInstanceUIDs" : nil,
    ].compactMap(\.self)
    guard wrong.isEmpty else {
      throw NNXError(
        .unsupportedDICOM, "a DICOM segmentation cannot refer to \(path) by its UIDs",
        details: wrong,
        fixes: [
          "Write NIfTI or NRRD: -o x.nii.gz",
          "Or take the series as it was before its UIDs were changed",
        ])
    }
    let isEnhanced = files < slices.count
    self.instances = slices.map { slice in
      Instance(
        classUID: slice.uids.sopClass, instanceUID: slice.uids.sopInstance,
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

extension SEGSource {
  /// Why slices of these UIDs cannot be referred to by one; `nil` where they can.
  private static func problem(_ name: String, _ uids: Set<String>) -> String? {
    if uids.contains("") { return "\(name) is blank" }
    return uids.count == 1 ? nil : "slices name \(uids.count) values of \(name)"
  }
}

/// How a DICOM segmentation stores its labels.
package enum SEGKind: String, CaseIterable, Sendable {
  /// A bit for each pixel of each segment: every viewer reads it.
  case binary
  /// The number of the segment for each pixel, packed (RLE): small, and newer than most viewers.
  case labelmap
}
