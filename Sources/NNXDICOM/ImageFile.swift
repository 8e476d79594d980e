import NNXSystem

/// What a DICOM file with an image says of itself, without its pixels.
struct ImageFile: Sendable {
  let source: SliceSource
  let seriesUID: String
  let studyUID: String
  /// PatientID and PatientName.
  let patient: String
  /// Empty where the file has none.
  let patientID: String
  let patientName: String
  let modality: String
  let number: String
  let description: String
  let frameOfReference: String
  let hasAllUIDs: Bool
  let isThreeDimensional: Bool
  let isLossy: Bool
  /// Whether it is a secondary capture, as screenshots and reports of doses are.
  let isCapture: Bool
  /// Why its slices cannot be used; they are empty then.
  var problem: NNXError?
  var slices: [Slice] = []

  private static let captureClass = "1.2.840.10008.5.1.4.1.1.7"
  /// Frames a file may have.
  private static let frameCounts = 1...100_000

  init(_ object: DICOMObject, _ source: SliceSource) {
    let (data, meta) = (object.dataset, object.meta)
    self.source = source
    let instance = data.text(.sopInstance) ?? ""
    let known = [instance, data.text(.seriesInstance) ?? "", data.text(.studyInstance) ?? ""]
    hasAllUIDs = known.allSatisfy { !$0.isEmpty }
    (seriesUID, studyUID) = (known[1], known[2])
    patient = [data.text(.patientID), data.text(.patientName)].compactMap(\.self)
      .joined(separator: " ")
    patientID = data.text(.patientID) ?? ""
    patientName = data.text(.patientName) ?? ""
    modality = data.text(.modality) ?? ""
    number = data.text(.seriesNumber) ?? ""
    description = data.text(.seriesDescription) ?? ""
    frameOfReference = data.text(.frameOfReference) ?? ""
    isThreeDimensional = data.text(.acquisitionType) == "3D"
    let syntax = object.transferSyntax
    var lossy = data.text(.lossy) == "01"
    let sopClass = ImageFile.filled(data.text(.sopClass), meta.text(.mediaStorageClass))
    // DICOM PS3.4, B.5: of one frame, or of several in grey or colour.
    isCapture = sopClass == Self.captureClass || sopClass.hasPrefix(Self.captureClass + ".")
    do throws(NNXError) {
      let frames = data.integer(.frameCount) ?? 1
      guard Self.frameCounts.contains(frames) else {
        throw .brokenDICOM(source.path, "it says that it has \(frames) frames")
      }
      let format = try PixelFormat(
        data, syntax: syntax, frames: frames, size: source.size, path: source.path)
      lossy = lossy || format.isLossy
      slices = try Self.slices(
        data, format, source, frames: frames, pixelStart: object.stop,
        uids: FileUIDs(
          sopClass: sopClass,
          sopInstance: ImageFile.filled(instance, meta.text(.mediaStorageInstance)),
          study: studyUID, frameOfReference: frameOfReference))
    } catch { problem = error }
    isLossy = lossy
  }

  /// De-identifiers blank UIDs of the data set; the file's header may still have them.
  private static func filled(_ text: String?, _ other: String?) -> String {
    text.flatMap { $0.isEmpty ? nil : $0 } ?? other ?? ""
  }

  private static func slices(
    _ data: DICOMItem, _ format: PixelFormat, _ source: SliceSource, frames: Int,
    pixelStart: Int?, uids: FileUIDs
  ) throws(NNXError) -> [Slice] {
    let groups = data.items(.frameGroups)
    guard frames == 1 || groups.count == frames else {
      guard !groups.isEmpty else {
        throw NNXError(
          .unsupportedDICOM, "\(source.path) has \(frames) frames without places in the patient",
          fixes: ["Give a series of slices, or enhanced CT or MR"])
      }
      throw .brokenDICOM(
        source.path, "it says that it has \(frames) frames, and describes \(groups.count)")
    }
    let shared = data.item(.sharedGroups)
    let index = data.text(.modality) == "PT" ? data.integer(.imageIndex) : nil
    let number = index.flatMap { $0 > 0 ? $0 : nil } ?? data.integer(.instanceNumber) ?? 0
    var slices: [Slice] = []
    for frame in 0..<frames {
      let facts = FrameFacts(
        frame < groups.count ? groups[frame] : nil, shared: shared, data: data)
      guard let place = facts.place else {
        throw NNXError(
          .unsupportedDICOM, "\(source.path) does not say where it lies in the patient",
          details: ["its position, orientation or pixel spacing is missing"],
          fixes: ["Export the original series from the archive, not a secondary capture"])
      }
      try check(place, source.path)
      var marks = [FrameFacts.frameOfReference: uids.frameOfReference]
      for mark in FrameFacts.marks {
        marks[mark.name] = facts.text(mark.tag, in: mark.group, or: mark.plain)
      }
      slices.append(
        Slice(
          source: source, frame: frame, format: format, uids: uids, position: place.position,
          orientation: place.orientation, spacing: place.spacing,
          statedDistance: facts.statedDistance,
          number: frames == 1 ? number : facts.number ?? frame,
          scale: SliceScale(facts, data),
          isLocalizer: marks["ImageType"]?.contains("LOCALIZER") ?? false,
          pixelStart: pixelStart, marks: marks))
    }
    return slices
  }

  /// No patient is further from the middle of a scanner, in mm.
  private static let furthest = 1e6

  private static func check(
    _ place: (position: [Double], orientation: [Double], spacing: [Double]), _ path: String
  ) throws(NNXError) {
    let (orientation, spacing) = (place.orientation, place.spacing)
    let (row, column) = (Array(orientation[0..<3]), Array(orientation[3..<6]))
    guard place.position.allSatisfy({ abs($0) <= furthest }) else {
      throw .brokenDICOM(path, "its position cannot be")
    }
    guard abs(dot(row, row) - 1) < 1e-3, abs(dot(column, column) - 1) < 1e-3,
      abs(dot(row, column)) < 1e-3
    else { throw .brokenDICOM(path, "its orientation has no axes at right angles") }
    guard spacing.allSatisfy(SpatialLimits.spacing.contains) else {
      throw .brokenDICOM(path, "its pixel spacing is \(spacing[0]), \(spacing[1])")
    }
  }
}
